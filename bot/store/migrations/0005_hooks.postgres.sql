-- +goose Up

-- Events for integrators are written by the database itself, in the transaction that makes them true: no path of the program
-- can forget one. They carry ids, kinds and amounts; never a name, a number or a text.

CREATE TABLE hook_event (
    n           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id  TEXT NOT NULL REFERENCES webhook (id),
    type        TEXT NOT NULL,
    at_ms       BIGINT NOT NULL,
    conv_id     TEXT NOT NULL,
    debtor_id   TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    status      TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    currency    TEXT NOT NULL,
    on_day      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed', 'skipped')), -- skipped: its webhook was disabled then
    attempts    BIGINT NOT NULL DEFAULT 0,
    first_ms    BIGINT NOT NULL DEFAULT 0,        -- of the first attempt
    last_status BIGINT NOT NULL DEFAULT 0,
    last_error  TEXT NOT NULL DEFAULT '',
    last_body   TEXT NOT NULL DEFAULT '',         -- head of what the receiver answered
    took_ms     BIGINT NOT NULL DEFAULT 0,
    done_ms     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX hook_event_pending ON hook_event (webhook_id, n) WHERE state = 'pending';
CREATE INDEX hook_event_by_webhook ON hook_event (webhook_id, n);

-- +goose StatementBegin
CREATE FUNCTION hook_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'message', NEW.at_ms, NEW.conv_id, (SELECT c.debtor_id FROM conversation AS c WHERE c.id = NEW.conv_id), '', NEW.id, NEW.author, NEW.direction, 0, '', '', CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = (SELECT c.creditor_id FROM conversation AS c WHERE c.id = NEW.conv_id) AND w.deleted_ms = 0 AND strpos(w.events, ' message ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_message AFTER INSERT ON message FOR EACH ROW EXECUTE FUNCTION hook_message();

-- +goose StatementBegin
CREATE FUNCTION hook_handoff() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'handoff', NEW.updated_ms, NEW.id, NEW.debtor_id, '', NEW.id, NEW.reason, NEW.control, 0, '', '', CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' handoff ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_handoff AFTER UPDATE OF control ON conversation FOR EACH ROW WHEN (NEW.control <> OLD.control) EXECUTE FUNCTION hook_handoff();

-- +goose StatementBegin
CREATE FUNCTION hook_arrangement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'arrangement', NEW.agreed_ms, NEW.conv_id, NEW.debtor_id, NEW.account_id, NEW.id, NEW.kind, NEW.state, NEW.total, NEW.currency, '', CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' arrangement ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_arrangement AFTER INSERT ON arrangement FOR EACH ROW EXECUTE FUNCTION hook_arrangement();

-- +goose StatementBegin
CREATE FUNCTION hook_arrangement_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'arrangement', NEW.agreed_ms, NEW.conv_id, NEW.debtor_id, NEW.account_id, NEW.id, NEW.kind, NEW.state, NEW.total, NEW.currency, '', CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' arrangement ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_arrangement_moved AFTER UPDATE OF state ON arrangement FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION hook_arrangement_moved();

-- +goose StatementBegin
CREATE FUNCTION hook_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'hold', NEW.placed_ms, NEW.conv_id, CASE WHEN NEW.subject LIKE 'conv:%' THEN '' ELSE NEW.subject END, NEW.account_id, NEW.id, NEW.reason, 'placed', 0, '', NEW.until_on, CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' hold ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_hold AFTER INSERT ON hold FOR EACH ROW EXECUTE FUNCTION hook_hold();

-- +goose StatementBegin
CREATE FUNCTION hook_hold_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'hold', CASE WHEN NEW.lifted_ms > 0 THEN NEW.lifted_ms ELSE NEW.placed_ms END, NEW.conv_id, CASE WHEN NEW.subject LIKE 'conv:%' THEN '' ELSE NEW.subject END, NEW.account_id, NEW.id, NEW.reason, CASE WHEN NEW.lifted_ms > 0 THEN 'lifted' ELSE 'placed' END, 0, '', NEW.until_on, CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' hold ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_hold_moved AFTER UPDATE OF lifted_ms, until_on ON hold FOR EACH ROW WHEN (NEW.lifted_ms <> OLD.lifted_ms OR NEW.until_on <> OLD.until_on) EXECUTE FUNCTION hook_hold_moved();

-- +goose StatementBegin
CREATE FUNCTION hook_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'case', NEW.opened_ms, NEW.conv_id, NEW.debtor_id, NEW.account_id, NEW.id, NEW.kind, NEW.state, 0, '', NEW.due_on, CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' case ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_case AFTER INSERT ON casework FOR EACH ROW EXECUTE FUNCTION hook_case();

-- +goose StatementBegin
CREATE FUNCTION hook_case_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'case', CASE WHEN NEW.closed_ms > 0 THEN NEW.closed_ms ELSE NEW.opened_ms END, NEW.conv_id, NEW.debtor_id, NEW.account_id, NEW.id, NEW.kind, NEW.state, 0, '', NEW.due_on, CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = NEW.creditor_id AND w.deleted_ms = 0 AND strpos(w.events, ' case ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_case_moved AFTER UPDATE OF state ON casework FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION hook_case_moved();

-- +goose StatementBegin
CREATE FUNCTION hook_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'delivery', NEW.updated_ms, NEW.conv_id, (SELECT c.debtor_id FROM conversation AS c WHERE c.id = NEW.conv_id), '', COALESCE((SELECT m.id FROM message AS m WHERE m.draft_id = NEW.draft_id), ''), NEW.channel, NEW.state, 0, '', '', CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = (SELECT c.creditor_id FROM conversation AS c WHERE c.id = NEW.conv_id) AND w.deleted_ms = 0 AND strpos(w.events, ' delivery ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_delivery AFTER UPDATE OF state ON outbox FOR EACH ROW WHEN (NEW.state IN ('sent', 'delivered', 'read', 'failed', 'unknown', 'parked', 'suppressed', 'blocked') AND NEW.state <> OLD.state) EXECUTE FUNCTION hook_delivery();

-- +goose StatementBegin
CREATE FUNCTION hook_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'promise', NEW.made_ms, NEW.conv_id, NEW.debtor_id, NEW.account_id, '', 'promise', NEW.state, NEW.amount, COALESCE((SELECT a.currency FROM account AS a WHERE a.id = NEW.account_id), ''), NEW.on_day, CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = (SELECT c.creditor_id FROM conversation AS c WHERE c.id = NEW.conv_id) AND w.deleted_ms = 0 AND strpos(w.events, ' promise ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_promise AFTER INSERT ON promise FOR EACH ROW EXECUTE FUNCTION hook_promise();

-- +goose StatementBegin
CREATE FUNCTION hook_promise_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hook_event (webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state)
    SELECT w.id, 'promise', NEW.made_ms, NEW.conv_id, NEW.debtor_id, NEW.account_id, '', 'promise', NEW.state, NEW.amount, COALESCE((SELECT a.currency FROM account AS a WHERE a.id = NEW.account_id), ''), NEW.on_day, CASE WHEN w.state = 'active' THEN 'pending' ELSE 'skipped' END
    FROM webhook AS w WHERE w.creditor_id = (SELECT c.creditor_id FROM conversation AS c WHERE c.id = NEW.conv_id) AND w.deleted_ms = 0 AND strpos(w.events, ' promise ') > 0;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER hook_promise_moved AFTER UPDATE OF state ON promise FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION hook_promise_moved();
