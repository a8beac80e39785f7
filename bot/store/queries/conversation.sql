-- Conversations and their messages.

-- name: conversation_insert
INSERT INTO conversation (id, epoch, creditor_id, debtor_id, channel, address, lang, identity, control, agent_id, crisis, reason, version, state, created_ms, updated_ms, waiting_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)

-- name: conversation
SELECT id, epoch, creditor_id, debtor_id, channel, address, lang, identity, control, agent_id, crisis, reason, head_seq, read_seq, recv_seq, version, state, created_ms, updated_ms, waiting_ms
FROM conversation WHERE id = $1

-- name: conversation_lock
-- $1 id, $2 now. An update that changes nothing of note takes the row's lock on both databases.
UPDATE conversation SET updated_ms = $2 WHERE id = $1
RETURNING id, epoch, creditor_id, debtor_id, channel, address, lang, identity, control, agent_id, crisis, reason, head_seq, read_seq, recv_seq, version, state, created_ms, updated_ms, waiting_ms

-- name: conversation_lock_turn
-- The same, with what a turn compares.
UPDATE conversation SET updated_ms = $2 WHERE id = $1 RETURNING version, identity, debtor_id

-- name: conversation_of
-- $1 creditor, $2 debtor, $3 channel: the newest one still open
SELECT id, epoch, creditor_id, debtor_id, channel, address, lang, identity, control, agent_id, crisis, reason, head_seq, read_seq, recv_seq, version, state, created_ms, updated_ms, waiting_ms
FROM conversation WHERE creditor_id = $1 AND debtor_id = $2 AND (channel = $3 OR follows) AND control <> 'closed' ORDER BY updated_ms DESC, id DESC LIMIT 1

-- name: conversation_anywhere
-- $1 creditor, $2 debtor: the newest one still open, on any channel
SELECT id, epoch, creditor_id, debtor_id, channel, address, lang, identity, control, agent_id, crisis, reason, head_seq, read_seq, recv_seq, version, state, created_ms, updated_ms, waiting_ms
FROM conversation WHERE creditor_id = $1 AND debtor_id = $2 AND channel <> 'sms' AND control <> 'closed' ORDER BY updated_ms DESC, id DESC LIMIT 1

-- name: conversation_route
-- $1 id, $2 channel, $3 address: it goes on where its debtor writes from
UPDATE conversation SET channel = $2, address = $3, follows = TRUE WHERE id = $1 AND (channel <> $2 OR address <> $3 OR NOT follows)

-- name: conversation_back_to_web
-- A followed conversation is on the web again as soon as its debtor writes there.
UPDATE conversation SET channel = $2, address = $3 WHERE id = $1 AND follows AND channel <> $2

-- name: conversation_turn
-- Compare-and-swap: $1 id, $2 version as loaded; the rest is what the turn makes true.
UPDATE conversation SET debtor_id = $3, lang = $4, identity = $5, control = $6, agent_id = $7, crisis = $8, reason = $9, waiting_ms = $10, state = $11, updated_ms = $12,
    outcome = CASE WHEN $13 = '' THEN outcome ELSE $13 END, version = version + 1
WHERE id = $1 AND version = $2

-- name: conversation_control
-- $1 id, $2 control, $3 agent, $4 waiting since, $5 now
UPDATE conversation SET control = $2, agent_id = $3, waiting_ms = $4, updated_ms = $5, version = version + 1 WHERE id = $1

-- name: conversation_next_seq
-- $1 id, $2 now
UPDATE conversation SET head_seq = head_seq + 1, updated_ms = $2 WHERE id = $1 RETURNING head_seq, control, channel, follows

-- name: conversation_seen
-- $1 id, $2 received up to, $3 read up to. Marks only move forward and never past what was said.
UPDATE conversation SET
    recv_seq = CASE WHEN $2 > recv_seq THEN (CASE WHEN $2 > head_seq THEN head_seq ELSE $2 END) ELSE recv_seq END,
    read_seq = CASE WHEN $3 > read_seq THEN (CASE WHEN $3 > head_seq THEN head_seq ELSE $3 END) ELSE read_seq END
WHERE id = $1

-- name: conversations_pending
-- $1 now, $2 limit: conversations with a message nobody has answered or a text that is due
SELECT conv_id FROM (
    SELECT conv_id, min(at_ms) AS since FROM message WHERE direction = 'in' AND state = 'pending' GROUP BY conv_id
    UNION ALL
    SELECT conv_id, min(created_ms) AS since FROM outbox
    WHERE state IN ('queued', 'sending', 'deferred') AND next_ms <= $1 AND lease_until_ms <= $1 GROUP BY conv_id
) AS due GROUP BY conv_id ORDER BY min(since), conv_id LIMIT $2

-- name: message_insert
INSERT INTO message (id, conv_id, seq, direction, author, agent_id, kind, purpose, cid, body, action, parts, lang, reply_id, draft_id, clearance_id, state, at_ms, channel)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)

-- name: message_by_cid
SELECT id, seq, kind, body, action FROM message WHERE conv_id = $1 AND cid = $2

-- name: message_by_draft
SELECT id, seq, clearance_id FROM message WHERE draft_id = $1

-- name: messages_pending
SELECT id, conv_id, seq, direction, author, agent_id, kind, cid, body, action, parts, lang, reply_id, clearance_id, state, at_ms, channel
FROM message WHERE conv_id = $1 AND direction = 'in' AND state = 'pending' ORDER BY seq

-- name: messages_after
SELECT id, conv_id, seq, direction, author, agent_id, kind, cid, body, action, parts, lang, reply_id, clearance_id, state, at_ms, channel
FROM message WHERE conv_id = $1 AND seq > $2 ORDER BY seq LIMIT $3

-- name: message_done
-- $1 id, $2 conversation
UPDATE message SET state = 'done' WHERE id = $1 AND conv_id = $2 AND direction = 'in' AND state = 'pending'

-- name: messages_delivered
-- $1 conversation, $2 up to
UPDATE message SET state = 'delivered' WHERE conv_id = $1 AND seq <= $2 AND direction = 'out' AND state NOT IN ('delivered', 'read')

-- name: messages_read
UPDATE message SET state = 'read' WHERE conv_id = $1 AND seq <= $2 AND direction = 'out' AND state <> 'read'

-- name: message_state
-- $1 draft, $2 state. Only forward: a late receipt may lift unknown and failed, nothing takes back sent, delivered or read.
UPDATE message SET state = $2 WHERE draft_id = $1 AND (
    ($2 = 'sent' AND state IN ('sending', 'waiting', 'failed', 'unknown', 'parked', 'suppressed'))
    OR ($2 = 'waiting' AND state = 'sending')
    OR ($2 = 'failed' AND state IN ('sending', 'waiting', 'unknown', 'parked'))
    OR ($2 IN ('parked', 'suppressed') AND state IN ('sending', 'waiting', 'parked'))
    OR ($2 = 'unknown' AND state IN ('sending', 'waiting', 'parked')))

-- name: message_receipt
-- $1 draft, $2 state as a receipt tells it. Forward only; what arrived cannot fail any more.
UPDATE message SET state = $2 WHERE draft_id = $1 AND (
    ($2 = 'sent' AND state IN ('sending', 'waiting', 'failed', 'unknown', 'parked'))
    OR ($2 = 'delivered' AND state IN ('sending', 'waiting', 'sent', 'failed', 'unknown', 'parked'))
    OR ($2 = 'read' AND state <> 'read')
    OR ($2 IN ('failed', 'parked', 'suppressed') AND state IN ('sending', 'waiting', 'sent', 'unknown')))
