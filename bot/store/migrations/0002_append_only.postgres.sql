-- +goose Up

-- What was said, owed, agreed and audited is never rewritten, not even by a mistake in this program.

-- +goose StatementBegin
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER instalment_append_only BEFORE UPDATE OR DELETE ON instalment FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER instalment_no_truncate BEFORE TRUNCATE ON instalment FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER turn_append_only BEFORE UPDATE OR DELETE ON turn FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER turn_no_truncate BEFORE TRUNCATE ON turn FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER message_append_only BEFORE DELETE OR UPDATE OF id, conv_id, seq, direction, author, agent_id, kind, purpose, cid, body, action, parts, lang, reply_id, draft_id, clearance_id, at_ms
    ON message FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER message_no_truncate BEFORE TRUNCATE ON message FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER arrangement_append_only BEFORE DELETE OR UPDATE OF id, creditor_id, debtor_id, account_id, conv_id, offer_id, kind, currency, total, waived, agreement, sha256, agreed_ms
    ON arrangement FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER arrangement_no_truncate BEFORE TRUNCATE ON arrangement FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- The end of the chain follows its last line.
-- +goose StatementBegin
CREATE FUNCTION audit_moves_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE audit_head SET n = NEW.n, hash = NEW.hash WHERE id = 1;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_moves_head AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_moves_head();
