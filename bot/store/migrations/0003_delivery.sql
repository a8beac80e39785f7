-- +goose Up

-- Messaging channels: what came in, where people can be reached, what became of each attempt to send.
-- A phone number or openid is never stored in clear here: hash is keyed (the same number gives the same hash, nobody outside
-- can compute it), sealed is the number encrypted. Everything else names an address by its id.

CREATE TABLE address (
    id              TEXT PRIMARY KEY,
    creditor_id     TEXT NOT NULL,
    channel         TEXT NOT NULL,
    account         TEXT NOT NULL,
    hash            TEXT NOT NULL,
    sealed          BYTEA NOT NULL,
    conv_id         TEXT NOT NULL DEFAULT '',
    debtor_id       TEXT NOT NULL DEFAULT '',
    method          TEXT NOT NULL DEFAULT '' CHECK (method IN ('', 'file', 'factors', 'otp')), -- how we know whose it is
    verified_ms     BIGINT NOT NULL DEFAULT 0,
    stepped_ms      BIGINT NOT NULL DEFAULT 0,  -- when its holder last proved who they are
    expires_ms      BIGINT NOT NULL DEFAULT 0,  -- the binding's end
    window_left     BIGINT NOT NULL DEFAULT 0,  -- messages we may still send, -1 = no limit
    window_until_ms BIGINT NOT NULL DEFAULT 0,
    offered         TEXT NOT NULL DEFAULT '',   -- single letters our last SMS offered for refusing
    gone_ms         BIGINT NOT NULL DEFAULT 0,  -- the person left: the number is erased, the id stays for the statutory log
    created_ms      BIGINT NOT NULL,
    UNIQUE (channel, account, hash)
);
CREATE INDEX address_by_debtor ON address (creditor_id, debtor_id);

CREATE TABLE inbox (
    id             TEXT PRIMARY KEY,
    channel        TEXT NOT NULL,
    account        TEXT NOT NULL,
    ext_id         TEXT NOT NULL,             -- keyed hash: some peers' ids hold the openid
    lane           TEXT NOT NULL,             -- keyed hash of the sender: one person's messages keep their order
    raw            BYTEA NOT NULL,            -- sealed; emptied once the message is in the transcript
    state          TEXT NOT NULL CHECK (state IN ('new', 'done', 'dead')),
    attempts       BIGINT NOT NULL DEFAULT 0,
    next_ms        BIGINT NOT NULL DEFAULT 0,
    lease_owner    TEXT NOT NULL DEFAULT '',
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    conv_id        TEXT NOT NULL DEFAULT '',
    fault          TEXT NOT NULL DEFAULT '',
    created_ms     BIGINT NOT NULL,
    UNIQUE (channel, account, ext_id)
);
CREATE INDEX inbox_new ON inbox (lane, id) WHERE state = 'new';

CREATE TABLE cursor_at (
    channel    TEXT NOT NULL,
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (channel, account, name)
);

-- The outbox again, with where a text goes, under which key, until when, and more ways to end.
CREATE TABLE outbox_next (
    draft_id       TEXT PRIMARY KEY,
    conv_id        TEXT NOT NULL REFERENCES conversation (id),
    pos            BIGINT NOT NULL,           -- order within the conversation
    channel        TEXT NOT NULL,
    account        TEXT NOT NULL DEFAULT '',
    address        TEXT NOT NULL DEFAULT '',  -- an address's id, or what the web chat calls one
    idem_key       TEXT NOT NULL UNIQUE,
    class          TEXT NOT NULL DEFAULT 'answer' CHECK (class IN ('answer', 'proactive', 'notice', 'otp')),
    draft          TEXT NOT NULL,
    verdict        TEXT NOT NULL,
    facts          TEXT NOT NULL,
    zone           TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'waiting', 'failed', 'unknown', 'parked', 'suppressed', 'blocked', 'deferred', 'held')),
    attempts       BIGINT NOT NULL DEFAULT 0,
    auth_tries     BIGINT NOT NULL DEFAULT 0,
    cut_off        BOOLEAN NOT NULL DEFAULT FALSE, -- the attempt before this one ended with its lease
    doubts         BIGINT NOT NULL DEFAULT 0,      -- attempts of which nobody knows whether they arrived
    was_parked     BOOLEAN NOT NULL DEFAULT FALSE,
    next_ms        BIGINT NOT NULL,
    expires_ms     BIGINT NOT NULL DEFAULT 0, -- 0 = no end
    lease_owner    TEXT NOT NULL DEFAULT '',
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    provider_id    TEXT NOT NULL DEFAULT '',
    code           TEXT NOT NULL DEFAULT '',  -- why it stands where it stands
    created_ms     BIGINT NOT NULL,
    updated_ms     BIGINT NOT NULL,
    UNIQUE (conv_id, pos)
);
INSERT INTO outbox_next (draft_id, conv_id, pos, channel, idem_key, draft, verdict, facts, zone, state, attempts, next_ms, lease_owner, lease_until_ms, created_ms, updated_ms)
SELECT draft_id, conv_id, pos, channel, draft_id, draft, verdict, facts, zone, state, attempts, next_ms, lease_owner, lease_until_ms, created_ms, updated_ms FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;
CREATE INDEX outbox_open ON outbox (conv_id, pos) WHERE state IN ('queued', 'sending', 'deferred');
CREATE INDEX outbox_stopped ON outbox (conv_id, pos) WHERE state IN ('held', 'blocked');
CREATE INDEX outbox_dead ON outbox (updated_ms) WHERE state IN ('failed', 'unknown');
CREATE INDEX outbox_parked ON outbox (address) WHERE state = 'parked';
CREATE INDEX outbox_by_provider ON outbox (provider_id) WHERE provider_id <> '';

CREATE TABLE delivery_event (
    id          TEXT PRIMARY KEY,
    draft_id    TEXT NOT NULL,
    at_ms       BIGINT NOT NULL,
    attempt     BIGINT NOT NULL,
    state       TEXT NOT NULL,                -- where the row went
    class       TEXT NOT NULL DEFAULT '',     -- what the attempt came to; receipt, retry by a person
    code        TEXT NOT NULL DEFAULT '',
    detail      TEXT NOT NULL DEFAULT '',
    provider_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX delivery_event_by_draft ON delivery_event (draft_id, at_ms);

-- Receipts that came before we knew the message's number at the peer.
CREATE TABLE early_receipt (
    id           TEXT PRIMARY KEY,
    channel      TEXT NOT NULL,
    account      TEXT NOT NULL,
    provider_id  TEXT NOT NULL,
    idem_key     TEXT NOT NULL,
    address_hash TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL,
    code         TEXT NOT NULL DEFAULT '',
    at_ms        BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL
);
CREATE INDEX early_receipt_by_id ON early_receipt (channel, account, provider_id);

-- One ledger of contacts over bot, people, reminders and all channels: caps are counted here.
CREATE TABLE contact (
    id          TEXT PRIMARY KEY,
    creditor_id TEXT NOT NULL,
    debtor_id   TEXT NOT NULL DEFAULT '',
    conv_id     TEXT NOT NULL DEFAULT '',
    address     TEXT NOT NULL DEFAULT '',
    channel     TEXT NOT NULL,                -- web, wechat, sms …, call, visit
    author      TEXT NOT NULL,
    purpose     TEXT NOT NULL,                -- reply | proactive | notice
    draft_id    TEXT UNIQUE,
    state       TEXT NOT NULL CHECK (state IN ('made', 'failed')), -- failed: it certainly reached nobody and does not count
    at_ms       BIGINT NOT NULL
);
CREATE INDEX contact_proactive ON contact (creditor_id, debtor_id, at_ms) WHERE purpose = 'proactive';
CREATE INDEX contact_by_conv ON contact (conv_id, at_ms) WHERE purpose = 'proactive';
INSERT INTO contact (id, creditor_id, debtor_id, conv_id, address, channel, author, purpose, draft_id, state, at_ms)
SELECT m.id, c.creditor_id, c.debtor_id, c.id, c.address, c.channel, m.author, m.purpose, m.draft_id, CASE WHEN m.state = 'failed' THEN 'failed' ELSE 'made' END, m.at_ms
FROM message AS m JOIN conversation AS c ON c.id = m.conv_id WHERE m.direction = 'out' AND m.purpose <> '';

CREATE TABLE bind_ticket (
    hash        TEXT PRIMARY KEY,
    address     TEXT NOT NULL,
    debtor_id   TEXT NOT NULL DEFAULT '',
    code_hash   TEXT NOT NULL DEFAULT '',
    code_tries  BIGINT NOT NULL DEFAULT 0,
    code_end_ms BIGINT NOT NULL DEFAULT 0,
    expires_ms  BIGINT NOT NULL,
    used_ms     BIGINT NOT NULL DEFAULT 0,
    created_ms  BIGINT NOT NULL
);

CREATE TABLE daily_count (
    subject TEXT NOT NULL,
    day     TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (subject, day)
);

-- Small state all nodes see: tokens, marks against replay, locks.
CREATE TABLE shared_state (
    id         TEXT PRIMARY KEY,
    value      BYTEA NOT NULL,
    version    BIGINT NOT NULL,
    owner      TEXT NOT NULL DEFAULT '',
    expires_ms BIGINT NOT NULL
);

CREATE TABLE attachment (
    id         TEXT PRIMARY KEY,
    conv_id    TEXT NOT NULL REFERENCES conversation (id),
    message_id TEXT NOT NULL,
    channel    TEXT NOT NULL,
    account    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    source     BYTEA NOT NULL,                -- sealed: where the peer holds it
    mime       TEXT NOT NULL DEFAULT '',
    content    BYTEA,                         -- sealed; empty until fetched
    created_ms BIGINT NOT NULL
);
CREATE INDEX attachment_by_conv ON attachment (conv_id);

ALTER TABLE conversation ADD COLUMN follows BOOLEAN NOT NULL DEFAULT FALSE; -- it goes where its debtor writes from
ALTER TABLE message ADD COLUMN channel TEXT NOT NULL DEFAULT '';            -- by which channel it came or went, when not the conversation's own
