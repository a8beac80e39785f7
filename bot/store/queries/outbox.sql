-- The outbox: what is to be said, in order.

-- name: outbox_insert
-- The conversation's lock is held: nobody else takes the same place.
INSERT INTO outbox (draft_id, conv_id, pos, channel, account, address, idem_key, class, draft, verdict, facts, zone, state, next_ms, expires_ms, created_ms, updated_ms, matters)
VALUES ($1, $2, (SELECT COALESCE(max(pos), 0) + 1 FROM outbox WHERE conv_id = $2), $3, COALESCE((SELECT account FROM address WHERE id = $4), ''), $4, $5, $6, $7, $8, $9, $10, $11, $12,
    $13, $12, $12, $14)
ON CONFLICT (draft_id) DO NOTHING

-- name: outbox_exists
SELECT count(*) FROM outbox WHERE draft_id = $1

-- name: outbox_claim
-- $1 conversation, $2 owner, $3 lease until, $4 now.
-- Only the oldest unfinished row of an address: a later one must not overtake it. A deferred row (a reminder that waits for the
-- morning) lets others pass. The second condition is checked again under the row's lock, so two claimers cannot both win.
UPDATE outbox SET cut_off = (state = 'sending'), doubts = doubts + CASE WHEN state = 'sending' THEN 1 ELSE 0 END, state = 'sending', lease_owner = $2, lease_until_ms = $3, attempts = attempts + 1, updated_ms = $4
WHERE draft_id = (
        SELECT o.draft_id FROM outbox AS o
        WHERE o.conv_id = $1 AND ((o.state IN ('queued', 'deferred') AND o.next_ms <= $4) OR (o.state = 'sending' AND o.lease_until_ms <= $4))
            AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.conv_id = o.conv_id AND e.channel = o.channel AND e.address = o.address AND e.pos < o.pos
                AND e.state IN ('queued', 'sending', 'deferred') AND (e.state <> 'deferred' OR e.next_ms <= $4))
        ORDER BY o.pos LIMIT 1)
    AND ((state IN ('queued', 'deferred') AND next_ms <= $4) OR (state = 'sending' AND lease_until_ms <= $4))
RETURNING draft_id, draft, verdict, facts, zone, channel, attempts, idem_key, class, auth_tries, was_parked, expires_ms, cut_off, doubts, matters

-- name: outbox_claim.postgres
-- The oldest row is found first and locked then: to skip it because another node has it must not mean to take the one after it.
UPDATE outbox SET cut_off = (state = 'sending'), doubts = doubts + CASE WHEN state = 'sending' THEN 1 ELSE 0 END, state = 'sending', lease_owner = $2, lease_until_ms = $3, attempts = attempts + 1, updated_ms = $4
WHERE draft_id = (SELECT x.draft_id FROM outbox AS x WHERE x.draft_id = (
        SELECT o.draft_id FROM outbox AS o
        WHERE o.conv_id = $1 AND ((o.state IN ('queued', 'deferred') AND o.next_ms <= $4) OR (o.state = 'sending' AND o.lease_until_ms <= $4))
            AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.conv_id = o.conv_id AND e.channel = o.channel AND e.address = o.address AND e.pos < o.pos
                AND e.state IN ('queued', 'sending', 'deferred') AND (e.state <> 'deferred' OR e.next_ms <= $4))
        ORDER BY o.pos LIMIT 1) FOR UPDATE SKIP LOCKED)
    AND ((state IN ('queued', 'deferred') AND next_ms <= $4) OR (state = 'sending' AND lease_until_ms <= $4))
RETURNING draft_id, draft, verdict, facts, zone, channel, attempts, idem_key, class, auth_tries, was_parked, expires_ms, cut_off, doubts, matters

-- name: outbox_finish
-- $1 draft, $2 state, $3 verdict or empty, $4 next attempt, $5 now. What was sent stays sent.
UPDATE outbox SET state = $2, verdict = CASE WHEN $3 = '' THEN verdict ELSE $3 END, next_ms = $4, lease_owner = '', lease_until_ms = 0, updated_ms = $5
WHERE draft_id = $1 AND state NOT IN ('sent', 'delivered', 'read')

-- name: outbox_arrived
-- $1 conversation, $2 seq: the debtor has the text, so nothing waits any more
UPDATE outbox SET state = 'sent', lease_until_ms = 0
WHERE conv_id = $1 AND state = 'waiting' AND draft_id IN (SELECT draft_id FROM message WHERE conv_id = $1 AND seq <= $2 AND draft_id IS NOT NULL)

-- name: outbox_stopped
SELECT draft_id, draft, verdict, facts, zone, channel, attempts, idem_key, class, auth_tries, was_parked, expires_ms, cut_off, doubts, matters FROM outbox WHERE conv_id = $1 AND state IN ('held', 'blocked') ORDER BY pos
