-- +goose Up

-- One text for SQLite and PostgreSQL: ids are TEXT made by the program, times BIGINT unix milliseconds,
-- days TEXT YYYY-MM-DD (empty = not given), money BIGINT minor units, JSON in TEXT so that a hash over it stays true.

CREATE TABLE creditor (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    collector       TEXT NOT NULL DEFAULT '',
    hotline         TEXT NOT NULL DEFAULT '',
    website         TEXT NOT NULL DEFAULT '',
    pay_url         TEXT NOT NULL DEFAULT '',
    profile         TEXT NOT NULL DEFAULT '' CHECK (profile IN ('', 'FI', 'NF', 'TAX')),
    host_secret     BYTEA NOT NULL,
    frame_ancestors TEXT NOT NULL DEFAULT '[]',
    created_ms      BIGINT NOT NULL
);

CREATE TABLE debtor (
    id                TEXT PRIMARY KEY,
    creditor_id       TEXT NOT NULL REFERENCES creditor (id),
    ref               TEXT NOT NULL,             -- the creditor's own debtor_id
    name              TEXT NOT NULL,
    phone             TEXT NOT NULL DEFAULT '',
    phone_last4       TEXT NOT NULL DEFAULT '',
    id_last4          TEXT NOT NULL DEFAULT '',  -- the whole number is never stored: telling people apart needs no more
    lang              TEXT NOT NULL DEFAULT '',
    wechat_openid     TEXT NOT NULL DEFAULT '',
    payday            BIGINT NOT NULL DEFAULT 0,
    monthly_income    BIGINT CHECK (monthly_income >= 0),
    monthly_outgoings BIGINT CHECK (monthly_outgoings >= 0),
    means_reason      TEXT NOT NULL DEFAULT '',
    created_ms        BIGINT NOT NULL,
    UNIQUE (creditor_id, ref)
);
CREATE INDEX debtor_by_name ON debtor (creditor_id, name);
CREATE INDEX debtor_by_phone4 ON debtor (creditor_id, phone_last4);
CREATE INDEX debtor_by_id4 ON debtor (creditor_id, id_last4);

CREATE TABLE account (
    id                 TEXT PRIMARY KEY,
    creditor_id        TEXT NOT NULL REFERENCES creditor (id),
    debtor_id          TEXT NOT NULL REFERENCES debtor (id),
    account_no         TEXT NOT NULL,
    debt_type          TEXT NOT NULL CHECK (debt_type IN ('credit_card', 'online_loan', 'medical', 'tax', 'utility', 'private_loan')),
    currency           TEXT NOT NULL,
    as_of              TEXT NOT NULL,            -- the day the creditor's figures stand at
    due_on             TEXT NOT NULL DEFAULT '',
    contract_on        TEXT NOT NULL DEFAULT '',
    annual_rate_e6     BIGINT NOT NULL DEFAULT 0, -- millionths of a percent: exact, and only ever compared
    penalty_rate_e6    BIGINT NOT NULL DEFAULT 0,
    daily_interest     BIGINT NOT NULL DEFAULT 0,
    stage              TEXT NOT NULL DEFAULT '',
    reports_credit     BOOLEAN NOT NULL DEFAULT FALSE,
    intends_litigation BOOLEAN NOT NULL DEFAULT FALSE,
    last_payment_on    TEXT NOT NULL DEFAULT '',
    last_demand_on     TEXT NOT NULL DEFAULT '',
    created_ms         BIGINT NOT NULL,
    UNIQUE (creditor_id, account_no)
);
CREATE INDEX account_by_debtor ON account (debtor_id);

CREATE TABLE entry (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL CHECK (kind IN ('charge', 'payment', 'waiver', 'adjust')),
    component  TEXT NOT NULL CHECK (component IN ('principal', 'interest', 'penalty', 'fees') OR (component = '' AND kind = 'payment')),
    amount     BIGINT NOT NULL CHECK (amount >= 0 OR kind = 'adjust'),
    value_on   TEXT NOT NULL,
    basis      TEXT NOT NULL DEFAULT '',
    posted_ms  BIGINT NOT NULL
);
CREATE INDEX entry_by_account ON entry (account_id);

CREATE TABLE conversation (
    id          TEXT PRIMARY KEY,
    epoch       TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    debtor_id   TEXT NOT NULL DEFAULT '',
    channel     TEXT NOT NULL,
    address     TEXT NOT NULL DEFAULT '',
    lang        TEXT NOT NULL DEFAULT '',
    identity    TEXT NOT NULL CHECK (identity IN ('anon', 'identified', 'verified')),
    control     TEXT NOT NULL CHECK (control IN ('bot', 'queue', 'agent', 'closed')),
    agent_id    TEXT NOT NULL DEFAULT '',
    crisis      BOOLEAN NOT NULL DEFAULT FALSE,
    reason      TEXT NOT NULL DEFAULT '',
    outcome     TEXT NOT NULL DEFAULT '',
    head_seq    BIGINT NOT NULL DEFAULT 0,
    read_seq    BIGINT NOT NULL DEFAULT 0,
    recv_seq    BIGINT NOT NULL DEFAULT 0,
    version     BIGINT NOT NULL DEFAULT 0,
    state       TEXT NOT NULL,
    created_ms  BIGINT NOT NULL,
    updated_ms  BIGINT NOT NULL,
    waiting_ms  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX conversation_by_debtor ON conversation (creditor_id, debtor_id, channel);
CREATE INDEX conversation_open ON conversation (control, updated_ms) WHERE control <> 'closed';

CREATE TABLE message (
    id           TEXT PRIMARY KEY,
    conv_id      TEXT NOT NULL REFERENCES conversation (id),
    seq          BIGINT NOT NULL,
    direction    TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    author       TEXT NOT NULL,
    agent_id     TEXT NOT NULL DEFAULT '',
    kind         TEXT NOT NULL,
    purpose      TEXT NOT NULL DEFAULT '',  -- outbound: reply | proactive | notice; caps count the proactive ones
    cid          TEXT,
    body         TEXT NOT NULL DEFAULT '',
    action       TEXT,
    parts        TEXT,
    lang         TEXT NOT NULL DEFAULT '',
    reply_id     TEXT NOT NULL DEFAULT '',
    draft_id     TEXT,
    clearance_id TEXT,
    state        TEXT NOT NULL,
    at_ms        BIGINT NOT NULL,
    CHECK (direction = 'in' OR clearance_id IS NOT NULL),
    UNIQUE (conv_id, seq),
    UNIQUE (conv_id, cid),
    UNIQUE (draft_id)
);
CREATE INDEX message_pending ON message (conv_id, seq) WHERE direction = 'in' AND state = 'pending';
CREATE INDEX message_proactive ON message (conv_id, at_ms) WHERE purpose = 'proactive';

CREATE TABLE outbox (
    draft_id       TEXT PRIMARY KEY,
    conv_id        TEXT NOT NULL REFERENCES conversation (id),
    pos            BIGINT NOT NULL,           -- order within the conversation
    channel        TEXT NOT NULL,
    draft          TEXT NOT NULL,
    verdict        TEXT NOT NULL,
    facts          TEXT NOT NULL,
    zone           TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'waiting', 'failed', 'unknown', 'blocked', 'deferred', 'held')),
    attempts       BIGINT NOT NULL DEFAULT 0,
    next_ms        BIGINT NOT NULL,
    lease_owner    TEXT NOT NULL DEFAULT '',
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    created_ms     BIGINT NOT NULL,
    updated_ms     BIGINT NOT NULL,
    UNIQUE (conv_id, pos)
);
CREATE INDEX outbox_open ON outbox (conv_id, pos) WHERE state IN ('queued', 'sending', 'deferred');
CREATE INDEX outbox_stopped ON outbox (conv_id, pos) WHERE state IN ('held', 'blocked');

CREATE TABLE turn (
    conv_id  TEXT NOT NULL REFERENCES conversation (id),
    version  BIGINT NOT NULL,                 -- the conversation's version this turn made
    at_ms    BIGINT NOT NULL,
    consumed TEXT NOT NULL,
    commands TEXT NOT NULL,
    source   TEXT NOT NULL DEFAULT '',
    effects  TEXT NOT NULL,
    drafts   TEXT NOT NULL,
    state    TEXT NOT NULL,
    PRIMARY KEY (conv_id, version)
);

CREATE TABLE offer (
    id             TEXT NOT NULL,
    account_id     TEXT NOT NULL,
    creditor_id    TEXT NOT NULL,
    debtor_id      TEXT NOT NULL,
    conv_id        TEXT NOT NULL,
    terms          TEXT NOT NULL,
    valid_until_ms BIGINT NOT NULL,
    made_ms        BIGINT NOT NULL,
    PRIMARY KEY (id, debtor_id, account_id)
);

CREATE TABLE arrangement (
    id          TEXT PRIMARY KEY,             -- the agreement's id
    creditor_id TEXT NOT NULL,
    debtor_id   TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    conv_id     TEXT NOT NULL,
    offer_id    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    currency    TEXT NOT NULL DEFAULT '',
    total       BIGINT NOT NULL CHECK (total >= 0),
    waived      BIGINT NOT NULL CHECK (waived >= 0),
    agreement   TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('active', 'replaced', 'done', 'broken', 'cancelled')),
    agreed_ms   BIGINT NOT NULL
);
CREATE INDEX arrangement_by_account ON arrangement (account_id) WHERE state = 'active';
CREATE INDEX arrangement_by_debtor ON arrangement (debtor_id);

CREATE TABLE instalment (
    arrangement_id TEXT NOT NULL REFERENCES arrangement (id),
    n              BIGINT NOT NULL,
    due_on         TEXT NOT NULL,
    amount         BIGINT NOT NULL CHECK (amount >= 0),
    principal      BIGINT NOT NULL,
    interest       BIGINT NOT NULL,
    penalty        BIGINT NOT NULL,
    fees           BIGINT NOT NULL,
    CHECK (amount = principal + interest + penalty + fees),
    PRIMARY KEY (arrangement_id, n)
);

CREATE TABLE hold (
    id          TEXT PRIMARY KEY,
    creditor_id TEXT NOT NULL,
    subject     TEXT NOT NULL,                -- debtor id, or conv:ID while nobody is verified
    account_id  TEXT NOT NULL DEFAULT '',
    conv_id     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    scope       TEXT NOT NULL,
    until_on    TEXT NOT NULL DEFAULT '',
    placed_ms   BIGINT NOT NULL,
    lifted_ms   BIGINT NOT NULL DEFAULT 0,
    lifted_by   TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX hold_active ON hold (subject, account_id, reason, scope) WHERE lifted_ms = 0;

CREATE TABLE casework (
    id          TEXT NOT NULL,
    conv_id     TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    debtor_id   TEXT NOT NULL DEFAULT '',
    account_id  TEXT NOT NULL DEFAULT '',
    kind        TEXT NOT NULL,
    due_on      TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    opened_ms   BIGINT NOT NULL,
    PRIMARY KEY (conv_id, id)
);
CREATE INDEX casework_by_debtor ON casework (debtor_id);

CREATE TABLE promise (
    conv_id    TEXT NOT NULL,
    debtor_id  TEXT NOT NULL DEFAULT '',
    account_id TEXT NOT NULL DEFAULT '',
    on_day     TEXT NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount >= 0),
    state      TEXT NOT NULL CHECK (state IN ('open', 'kept', 'broken')),
    made_ms    BIGINT NOT NULL,
    PRIMARY KEY (conv_id, account_id, on_day, amount)
);

CREATE TABLE suppression (
    creditor_id TEXT NOT NULL,
    subject     TEXT NOT NULL,                -- debtor id, addr:ADDRESS or conv:ID
    channel     TEXT NOT NULL,                -- one channel, or all
    reason      TEXT NOT NULL,
    since_ms    BIGINT NOT NULL,
    PRIMARY KEY (creditor_id, subject, channel)
);

CREATE TABLE document (
    id           TEXT PRIMARY KEY,
    conv_id      TEXT NOT NULL,
    lang         TEXT NOT NULL,
    html         BYTEA NOT NULL,
    sha256       TEXT NOT NULL,
    terms_sha256 TEXT NOT NULL,
    created_ms   BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash  TEXT PRIMARY KEY,
    conv_id     TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    subject     TEXT NOT NULL DEFAULT '',
    assurance   TEXT NOT NULL,
    created_ms  BIGINT NOT NULL,
    seen_ms     BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    revoked     BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX session_by_subject ON session (creditor_id, subject);

CREATE TABLE used_token (
    creditor_id TEXT NOT NULL,
    jti         TEXT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    PRIMARY KEY (creditor_id, jti)
);

CREATE TABLE agent (
    id            TEXT PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'compliance', 'admin')),
    password_hash TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE,
    created_ms    BIGINT NOT NULL
);

CREATE TABLE agent_session (
    token     TEXT PRIMARY KEY,
    data      BYTEA NOT NULL,
    expiry_ms BIGINT NOT NULL
);

CREATE TABLE note (
    id       TEXT PRIMARY KEY,
    conv_id  TEXT NOT NULL REFERENCES conversation (id),
    agent_id TEXT NOT NULL,
    body     TEXT NOT NULL,
    at_ms    BIGINT NOT NULL
);
CREATE INDEX note_by_conv ON note (conv_id, at_ms);

CREATE TABLE audit (
    n         BIGINT PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    at_ms     BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    conv_id   TEXT NOT NULL DEFAULT '',
    verdict   TEXT NOT NULL DEFAULT '',
    detail    TEXT NOT NULL DEFAULT '',
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL
);
CREATE INDEX audit_by_conv ON audit (conv_id, n);

-- The end of the chain. Writers queue on this one row, so the chain cannot fork; verification compares it
-- with the last line, so cutting lines off the end is seen too.
CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    n    BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, n, hash) VALUES (1, 0, '');

-- Rows of a portfolio file wait here, checked, until one transaction takes them all over.
CREATE TABLE import_row (
    import_id          TEXT NOT NULL,
    row_no             BIGINT NOT NULL,
    creditor_id        TEXT NOT NULL,
    account_no         TEXT NOT NULL,
    account_id         TEXT NOT NULL,
    debtor_ref         TEXT NOT NULL,
    debtor_id          TEXT NOT NULL,
    name               TEXT NOT NULL,
    phone              TEXT NOT NULL,
    phone_last4        TEXT NOT NULL,
    id_last4           TEXT NOT NULL,
    debt_type          TEXT NOT NULL,
    currency           TEXT NOT NULL,
    principal          BIGINT NOT NULL,
    interest           BIGINT NOT NULL,
    penalty            BIGINT NOT NULL,
    fees               BIGINT NOT NULL,
    as_of              TEXT NOT NULL,
    due_on             TEXT NOT NULL,
    contract_on        TEXT NOT NULL,
    annual_rate_e6     BIGINT NOT NULL,
    penalty_rate_e6    BIGINT NOT NULL,
    stage              TEXT NOT NULL,
    reports_credit     BOOLEAN NOT NULL,
    intends_litigation BOOLEAN NOT NULL,
    last_payment_on    TEXT NOT NULL,
    last_demand_on     TEXT NOT NULL,
    payday             BIGINT NOT NULL,
    monthly_income     BIGINT,
    lang               TEXT NOT NULL,
    wechat_openid      TEXT NOT NULL,
    created_ms         BIGINT NOT NULL,
    PRIMARY KEY (import_id, row_no)
);
