-- +goose Up

-- What was said, owed, agreed and audited is never rewritten, not even by a mistake in this program.

-- +goose StatementBegin
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER message_no_rewrite BEFORE UPDATE OF id, conv_id, seq, direction, author, agent_id, kind, purpose, cid, body, action, parts, lang, reply_id, draft_id, clearance_id, at_ms ON message
BEGIN SELECT RAISE(ABORT, 'message is append-only: only its state moves'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER message_no_delete BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'message is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER document_no_update BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instalment_no_update BEFORE UPDATE ON instalment BEGIN SELECT RAISE(ABORT, 'instalment is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instalment_no_delete BEFORE DELETE ON instalment BEGIN SELECT RAISE(ABORT, 'instalment is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER arrangement_no_rewrite BEFORE UPDATE OF id, creditor_id, debtor_id, account_id, conv_id, offer_id, kind, currency, total, waived, agreement, sha256, agreed_ms ON arrangement
BEGIN SELECT RAISE(ABORT, 'arrangement is append-only: only its state moves'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER arrangement_no_delete BEFORE DELETE ON arrangement BEGIN SELECT RAISE(ABORT, 'arrangement is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER turn_no_update BEFORE UPDATE ON turn BEGIN SELECT RAISE(ABORT, 'turn is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER turn_no_delete BEFORE DELETE ON turn BEGIN SELECT RAISE(ABORT, 'turn is append-only'); END;
-- +goose StatementEnd

-- The end of the chain follows its last line.
-- +goose StatementBegin
CREATE TRIGGER audit_moves_head AFTER INSERT ON audit BEGIN UPDATE audit_head SET n = NEW.n, hash = NEW.hash WHERE id = 1; END;
-- +goose StatementEnd
