-- +goose Up

-- What the messaging channels add: a refusal its holder can take back, windows with a code or with a message kept back, the peer's own
-- desk, tickets that a code or link carries, files fetched from the peer.

ALTER TABLE suppression ADD COLUMN origin TEXT NOT NULL DEFAULT '';    -- keyed hash of the number whose holder refused; empty: not by a number, or by more than one

ALTER TABLE address ADD COLUMN window_code TEXT NOT NULL DEFAULT '';   -- the peer's own code that carries the window's one message
ALTER TABLE address ADD COLUMN window_kept BIGINT NOT NULL DEFAULT 0;  -- messages of the window kept for what matters
ALTER TABLE address ADD COLUMN ticket_ms BIGINT NOT NULL DEFAULT 0;    -- when a ticket of a proved conversation named whose it is
ALTER TABLE address ADD COLUMN desk TEXT NOT NULL DEFAULT '' CHECK (desk IN ('', 'pool', 'human', 'ended')); -- who serves at the peer's own desk

ALTER TABLE outbox ADD COLUMN matters BOOLEAN NOT NULL DEFAULT FALSE;  -- it may take the message that a window keeps back

ALTER TABLE attachment ADD COLUMN state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'kept', 'gone', 'refused')); -- gone: the peer no longer has it
ALTER TABLE attachment ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attachment ADD COLUMN next_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attachment ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE attachment ADD COLUMN fault TEXT NOT NULL DEFAULT '';
CREATE INDEX attachment_new ON attachment (next_ms) WHERE state = 'new';
