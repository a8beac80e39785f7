-- +goose Up

-- What integrators and the desk add: API keys, payments the creditor's system posts, webhooks out, second looks, replay.

CREATE TABLE api_key (
    id           TEXT PRIMARY KEY,
    creditor_id  TEXT NOT NULL REFERENCES creditor (id),
    name         TEXT NOT NULL,
    prefix       TEXT NOT NULL,               -- all of a key that is ever shown again
    hash         TEXT NOT NULL UNIQUE,        -- the key itself is never stored
    scopes       TEXT NOT NULL,               -- separated by blanks
    created_ms   BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL DEFAULT 0,   -- 0 = no end
    last_used_ms BIGINT NOT NULL DEFAULT 0,
    revoked_ms   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX api_key_by_creditor ON api_key (creditor_id, created_ms);

-- One row for each payment posted: the same key again is the same payment.
CREATE TABLE payment_post (
    creditor_id TEXT NOT NULL REFERENCES creditor (id),
    idem_key    TEXT NOT NULL,
    account_id  TEXT NOT NULL REFERENCES account (id),
    entry_id    TEXT NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    currency    TEXT NOT NULL,
    value_on    TEXT NOT NULL,
    reference   TEXT NOT NULL DEFAULT '',
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (creditor_id, idem_key)
);

CREATE TABLE webhook (
    id                TEXT PRIMARY KEY,
    creditor_id       TEXT NOT NULL REFERENCES creditor (id),
    url               TEXT NOT NULL,
    events            TEXT NOT NULL,              -- ' message case ': a blank before and after each
    state             TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    fault             TEXT NOT NULL DEFAULT '',   -- why it was disabled, or what the last attempt came to
    secret            BYTEA NOT NULL,             -- sealed
    previous          BYTEA,                      -- sealed; signs beside the new one until previous_until_ms
    previous_until_ms BIGINT NOT NULL DEFAULT 0,
    failing_since_ms  BIGINT NOT NULL DEFAULT 0,
    next_ms           BIGINT NOT NULL DEFAULT 0,  -- not before: the head of its queue failed
    lease_owner       TEXT NOT NULL DEFAULT '',
    lease_until_ms    BIGINT NOT NULL DEFAULT 0,
    created_ms        BIGINT NOT NULL,
    disabled_ms       BIGINT NOT NULL DEFAULT 0,
    deleted_ms        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX webhook_by_creditor ON webhook (creditor_id);

CREATE TABLE review (
    id             TEXT PRIMARY KEY,
    conv_id        TEXT NOT NULL REFERENCES conversation (id),
    draft_id       TEXT NOT NULL UNIQUE,
    asked_by       TEXT NOT NULL,
    asked_reason   TEXT NOT NULL,
    asked_ms       BIGINT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('open', 'approved', 'refused')),
    decided_by     TEXT NOT NULL DEFAULT '',
    decided_reason TEXT NOT NULL DEFAULT '',
    decided_ms     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX review_by_state ON review (state, asked_ms);

ALTER TABLE casework ADD COLUMN closed_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE casework ADD COLUMN closed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE casework ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
CREATE INDEX casework_by_state ON casework (state, due_on);
CREATE INDEX inbox_dead ON inbox (created_ms) WHERE state = 'dead';
CREATE INDEX hold_standing ON hold (creditor_id, placed_ms) WHERE lifted_ms = 0;
CREATE INDEX arrangement_by_creditor ON arrangement (creditor_id, agreed_ms, id);
CREATE INDEX conversation_by_creditor ON conversation (creditor_id, created_ms, id);

-- What a turn decided on, compressed, and what it asked of a model; empty on turns from before.
ALTER TABLE turn ADD COLUMN record BYTEA;
ALTER TABLE turn ADD COLUMN model_calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE turn ADD COLUMN prompt_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE turn ADD COLUMN completion_tokens BIGINT NOT NULL DEFAULT 0;
