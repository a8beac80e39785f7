-- Messaging channels: inbox, addresses, outcomes, dead letters.

-- name: inbox_insert
INSERT INTO inbox (id, channel, account, ext_id, lane, raw, state, created_ms) VALUES ($1, $2, $3, $4, $5, $6, 'new', $7)
ON CONFLICT (channel, account, ext_id) DO NOTHING

-- name: inbox_claim
-- $1 owner, $2 lease until, $3 now, $4 limit: the oldest row of each sender
UPDATE inbox SET lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1
WHERE id IN (
        SELECT i.id FROM inbox AS i WHERE i.state = 'new' AND i.lease_until_ms <= $3 AND i.next_ms <= $3
            AND NOT EXISTS (SELECT 1 FROM inbox AS e WHERE e.lane = i.lane AND e.state = 'new' AND e.id < i.id)
        ORDER BY i.id LIMIT $4)
    AND state = 'new' AND lease_until_ms <= $3
RETURNING id, channel, account, raw, attempts

-- name: inbox_claim.postgres
UPDATE inbox SET lease_owner = $1, lease_until_ms = $2, attempts = attempts + 1
WHERE id = ANY (ARRAY(
        SELECT i.id FROM inbox AS i WHERE i.state = 'new' AND i.lease_until_ms <= $3 AND i.next_ms <= $3
            AND NOT EXISTS (SELECT 1 FROM inbox AS e WHERE e.lane = i.lane AND e.state = 'new' AND e.id < i.id)
        ORDER BY i.id LIMIT $4 FOR UPDATE OF i SKIP LOCKED))
    AND state = 'new' AND lease_until_ms <= $3
RETURNING id, channel, account, raw, attempts

-- name: inbox_done
-- $1 id, $2 owner, $3 conversation, $4 an empty blob: its content is in the transcript now
UPDATE inbox SET state = 'done', conv_id = $3, raw = $4, lease_owner = '', lease_until_ms = 0 WHERE id = $1 AND state = 'new' AND lease_owner = $2

-- name: inbox_fail
-- $1 id, $2 owner, $3 state, $4 why, $5 next try
UPDATE inbox SET state = $3, fault = $4, next_ms = $5, lease_owner = '', lease_until_ms = 0 WHERE id = $1 AND state = 'new' AND lease_owner = $2

-- name: cursor_get
SELECT value FROM cursor_at WHERE channel = $1 AND account = $2 AND name = $3

-- name: cursor_put
INSERT INTO cursor_at (channel, account, name, value, updated_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (channel, account, name) DO UPDATE SET value = excluded.value, updated_ms = excluded.updated_ms

-- name: address
SELECT id, creditor_id, channel, account, sealed, conv_id, debtor_id, method, verified_ms, stepped_ms, expires_ms, window_left, window_until_ms, window_code, window_kept, ticket_ms, desk, offered, gone_ms FROM address WHERE id = $1

-- name: address_of
-- $1 channel, $2 account, $3 hash
SELECT id, creditor_id, channel, account, sealed, conv_id, debtor_id, method, verified_ms, stepped_ms, expires_ms, window_left, window_until_ms, window_code, window_kept, ticket_ms, desk, offered, gone_ms
FROM address WHERE channel = $1 AND account = $2 AND hash = $3

-- name: addresses_of
SELECT id, creditor_id, channel, account, sealed, conv_id, debtor_id, method, verified_ms, stepped_ms, expires_ms, window_left, window_until_ms, window_code, window_kept, ticket_ms, desk, offered, gone_ms
FROM address WHERE creditor_id = $1 AND debtor_id = $2 AND gone_ms = 0 ORDER BY verified_ms DESC, id

-- name: address_insert
INSERT INTO address (id, creditor_id, channel, account, hash, sealed, debtor_id, method, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (channel, account, hash) DO NOTHING

-- name: address_lock
-- $1 id. The row's lock, and what may have changed meanwhile.
UPDATE address SET id = id WHERE id = $1 RETURNING conv_id, hash, creditor_id, debtor_id, channel, account

-- name: address_conv
UPDATE address SET conv_id = $2 WHERE id = $1

-- name: address_adopt
-- $1 id, $2 debtor: the file says whose number it is, unless we know better
UPDATE address SET debtor_id = $2, method = 'file' WHERE id = $1 AND method IN ('', 'file')

-- name: address_ticket
-- $1 id, $2 debtor, $3 now: a ticket of a proved conversation named whose it is, unless it is somebody else's
UPDATE address SET debtor_id = $2, ticket_ms = $3, method = CASE WHEN method = '' THEN 'file' ELSE method END
WHERE id = $1 AND gone_ms = 0 AND (debtor_id = '' OR debtor_id = $2)

-- name: address_desk
-- $1 id, $2 who serves at the peer's own desk
UPDATE address SET desk = $2 WHERE id = $1

-- name: desks_behind
-- $1 channel, $2 account, $3 limit: conversations whose holder with us is not the one at the peer's desk
SELECT c.id FROM conversation AS c JOIN address AS a ON a.id = c.address AND a.conv_id = c.id
WHERE a.channel = $1 AND a.account = $2 AND a.gone_ms = 0 AND ((c.control = 'queue' AND a.desk NOT IN ('pool', 'human'))
    OR (c.control IN ('bot', 'closed') AND a.desk IN ('pool', 'human')) OR (c.control = 'agent' AND a.desk = 'pool' AND c.agent_id NOT LIKE 'desk:%'))
ORDER BY c.updated_ms LIMIT $3

-- name: doubts
-- $1 now, $2 limit: sends nobody knows the end of, whose time to ask the peer has come
SELECT o.draft_id, o.channel, o.account, o.address, o.idem_key, o.draft,
    COALESCE((SELECT m.at_ms FROM message AS m WHERE m.draft_id = o.draft_id), o.created_ms) AS first_ms,
    COALESCE((SELECT max(e.at_ms) FROM delivery_event AS e WHERE e.draft_id = o.draft_id), o.updated_ms) AS last_ms
FROM outbox AS o WHERE o.state = 'unknown' AND o.account <> '' AND o.next_ms > 0 AND o.next_ms <= $1 ORDER BY o.next_ms LIMIT $2

-- name: doubt_asked
-- $1 draft, $2 when to ask again (0 = never), $3 when it was due: the first of two nodes asks
UPDATE outbox SET next_ms = $2 WHERE draft_id = $1 AND state = 'unknown' AND next_ms > 0 AND next_ms <= $3

-- name: provider_ids
-- $1 address, $2 since: what we know the peer's numbers of
SELECT provider_id FROM outbox WHERE address = $1 AND provider_id <> '' AND updated_ms >= $2

-- name: outbox_provider
-- $1 draft, $2 the peer's number, learned later
UPDATE outbox SET provider_id = $2 WHERE draft_id = $1 AND provider_id = ''

-- name: address_forget
-- The file no longer says so, or of more than one person.
UPDATE address SET debtor_id = '', method = '' WHERE id = $1 AND method = 'file'

-- name: address_window
-- $1 id, $2 messages (-1 = no limit), $3 until, $4 the code that carries it, $5 how many are kept back. A new window replaces the one before.
UPDATE address SET window_left = $2, window_until_ms = $3, window_code = $4, window_kept = $5 WHERE id = $1

-- name: address_spend
-- $1 id, $2 messages
UPDATE address SET window_left = CASE WHEN window_left < 0 THEN window_left WHEN window_left < $2 THEN 0 ELSE window_left - $2 END, window_code = '' WHERE id = $1

-- name: address_shut
UPDATE address SET window_left = 0 WHERE id = $1

-- name: address_offered
UPDATE address SET offered = $2 WHERE id = $1

-- name: address_stepped
-- $1 id, $2 debtor, $3 now: its holder proved who they are in the conversation
-- $4 until when a binding holds: who came by a ticket of a conversation that had proved it, and proves it here too, is bound.
UPDATE address SET debtor_id = $2, stepped_ms = $3, verified_ms = CASE WHEN method = 'otp' THEN verified_ms ELSE $3 END,
    expires_ms = CASE WHEN method <> 'otp' AND ticket_ms > 0 AND debtor_id = $2 THEN $4 ELSE expires_ms END,
    method = CASE WHEN method = 'otp' OR (ticket_ms > 0 AND debtor_id = $2) THEN 'otp' ELSE 'factors' END
WHERE id = $1 AND gone_ms = 0 AND (method <> 'otp' OR debtor_id = $2)

-- name: address_bind
-- $1 id, $2 debtor, $3 now, $4 expires
UPDATE address SET debtor_id = $2, method = 'otp', verified_ms = $3, stepped_ms = $3, expires_ms = $4 WHERE id = $1 AND gone_ms = 0

-- name: address_erase
-- $1 id, $2 now, $3 an empty blob
UPDATE address SET gone_ms = $2, sealed = $3, hash = 'gone:' || id, debtor_id = '', method = '', verified_ms = 0, stepped_ms = 0, expires_ms = 0,
    window_left = 0, window_until_ms = 0, window_code = '', ticket_ms = 0, desk = '', conv_id = '' WHERE id = $1

-- name: phone_of
SELECT phone FROM debtor WHERE creditor_id = $1 AND id = $2

-- name: debtors_by_phone4
-- $1 creditor, $2 last four: with the number as the file has it, to be compared whole
SELECT id, ref, name, phone_last4, id_last4, lang, phone FROM debtor WHERE creditor_id = $1 AND phone_last4 = $2 ORDER BY id

-- name: conversation_identify
-- $1 id, $2 debtor, $3 state: whose number it is was learned later. The version moves: a turn that is thinking must think again.
UPDATE conversation SET debtor_id = $2, identity = 'identified', state = $3, version = version + 1 WHERE id = $1

-- name: refusals
-- $1 creditor, $2 debtor or empty, $3 conversation subject, $4 address subject, $5 hash of the number: what stands against writing here
SELECT subject, reason, origin FROM suppression WHERE creditor_id = $1 AND ((subject = $2 AND $2 <> '') OR subject = $3 OR subject = $4 OR subject = 'hash:' || $5)

-- name: suppression_lift
-- $1 creditor, $2 hash of the number: what the holder of this number refused, and nobody else did
DELETE FROM suppression WHERE creditor_id = $1 AND origin = $2 AND reason IN ('opt_out', 'opt_out_at_peer')

-- name: hold_lift_wish
-- $1 conversation, $2 now: the wish not to be written to, made in this conversation
UPDATE hold SET lifted_ms = $2, lifted_by = 'debtor' WHERE conv_id = $1 AND reason = 'stop_contact' AND lifted_ms = 0

-- name: debtor_lock
UPDATE debtor SET id = id WHERE id = $1

-- name: outbox_cancel
-- Nothing proactive that waits for this debtor, on any channel, leaves any more: $1 creditor, $2 debtor or empty, $3 conversation, $4 why, $5 now
UPDATE outbox SET state = 'suppressed', code = $4, lease_owner = '', lease_until_ms = 0, updated_ms = $5
WHERE class = 'proactive' AND state IN ('queued', 'deferred', 'parked', 'waiting') AND conv_id IN (
    SELECT id FROM conversation WHERE id = $3 OR ($2 <> '' AND creditor_id = $1 AND debtor_id = $2))
RETURNING draft_id

-- name: outbox_cancel_address
-- The address leads to nobody any more: $1 address, $2 why, $3 now
UPDATE outbox SET state = 'suppressed', code = $2, lease_owner = '', lease_until_ms = 0, updated_ms = $3
WHERE address = $1 AND state IN ('queued', 'deferred', 'parked')
RETURNING draft_id

-- name: outbox_unpark
-- The person wrote: what waited for that is looked at again. $1 address, $2 now
UPDATE outbox SET state = 'queued', was_parked = TRUE, attempts = 0, next_ms = $2, updated_ms = $2
WHERE address = $1 AND state = 'parked' AND class <> 'proactive' AND (expires_ms = 0 OR expires_ms > $2)

-- name: outbox_unpark_drop
UPDATE outbox SET state = 'suppressed', code = 'too_late', updated_ms = $2 WHERE address = $1 AND state = 'parked'
RETURNING draft_id

-- name: outbox_send_lock
-- $1 draft: the row under lock
UPDATE outbox SET draft_id = draft_id WHERE draft_id = $1 RETURNING state, attempts, lease_owner, conv_id, address, channel, account, idem_key, provider_id, class

-- name: outbox_outcome
-- $1 draft, $2 state, $3 verdict or empty, $4 next, $5 now, $6 code, $7 provider id or empty, $8 attempts to take back, $9 auth tries to add, $10 doubts to add
UPDATE outbox SET state = $2, verdict = CASE WHEN $3 = '' THEN verdict ELSE $3 END, next_ms = $4, lease_owner = '', lease_until_ms = 0, updated_ms = $5, code = $6,
    provider_id = CASE WHEN $7 = '' THEN provider_id ELSE $7 END, attempts = attempts - $8, auth_tries = auth_tries + $9, doubts = doubts + $10
WHERE draft_id = $1

-- name: outbox_receipt_state
-- $1 draft, $2 state, $3 code, $4 now
UPDATE outbox SET state = $2, code = $3, updated_ms = $4, lease_owner = '', lease_until_ms = 0 WHERE draft_id = $1

-- name: outbox_by_receipt
-- $1 channel, $2 account, $3 provider id or empty, $4 key or empty
SELECT draft_id FROM outbox WHERE channel = $1 AND account = $2 AND (($3 <> '' AND provider_id = $3) OR ($4 <> '' AND idem_key = $4)) ORDER BY created_ms DESC LIMIT 1

-- name: delivery_event_insert
INSERT INTO delivery_event (id, draft_id, at_ms, attempt, state, class, code, detail, provider_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: delivery_events
SELECT at_ms, attempt, state, class, code, detail, provider_id FROM delivery_event WHERE draft_id = $1 ORDER BY at_ms, id

-- name: early_receipt_insert
INSERT INTO early_receipt (id, channel, account, provider_id, idem_key, address_hash, state, code, at_ms, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: early_receipts_take
-- $1 channel, $2 account, $3 provider id, $4 key
DELETE FROM early_receipt WHERE channel = $1 AND account = $2 AND ((provider_id <> '' AND provider_id = $3) OR (idem_key <> '' AND idem_key = $4))
RETURNING state, code, at_ms, address_hash, provider_id

-- name: early_receipts_forget
DELETE FROM early_receipt WHERE created_ms < $1

-- name: contact_insert
INSERT INTO contact (id, creditor_id, debtor_id, conv_id, address, channel, author, purpose, draft_id, state, at_ms)
SELECT $1, c.creditor_id, c.debtor_id, c.id, $3, $4, $5, $6, $7, 'made', $8 FROM conversation AS c WHERE c.id = $2
ON CONFLICT (draft_id) DO NOTHING

-- name: contact_state
UPDATE contact SET state = $2 WHERE draft_id = $1

-- name: contact_add
-- A contact outside the outbox: a call, a visit, a letter.
INSERT INTO contact (id, creditor_id, debtor_id, channel, author, purpose, state, at_ms) VALUES ($1, $2, $3, $4, $5, $6, 'made', $7)

-- name: conversation_owner
SELECT creditor_id, debtor_id FROM conversation WHERE id = $1

-- name: dead_letters
-- $1 creditor or empty, $2 limit
SELECT o.draft_id, o.conv_id, c.creditor_id, o.channel, o.account, o.class, o.state, o.code, o.attempts, o.draft, o.created_ms, o.updated_ms
FROM outbox AS o JOIN conversation AS c ON c.id = o.conv_id
WHERE o.state IN ('failed', 'unknown') AND ($1 = '' OR c.creditor_id = $1) ORDER BY o.updated_ms DESC, o.draft_id LIMIT $2

-- name: outbox_revive
-- $1 draft, $2 now, $3 new end
UPDATE outbox SET state = 'queued', attempts = 0, auth_tries = 0, doubts = 0, next_ms = $2, expires_ms = CASE WHEN expires_ms = 0 THEN 0 ELSE $3 END, updated_ms = $2
WHERE draft_id = $1 AND state IN ('failed', 'unknown') RETURNING conv_id

-- name: message_revive
UPDATE message SET state = 'sending' WHERE draft_id = $1 AND state IN ('failed', 'unknown')

-- name: health_out
-- $1 since
SELECT o.channel, o.account,
    count(*) FILTER (WHERE o.state IN ('queued', 'sending', 'deferred')) AS queued,
    CAST(COALESCE(min(CASE WHEN o.state IN ('queued', 'sending') THEN o.created_ms END), 0) AS BIGINT) AS oldest_ms,
    count(*) FILTER (WHERE o.state = 'parked') AS parked,
    count(*) FILTER (WHERE o.state = 'failed') AS failed,
    count(*) FILTER (WHERE o.state = 'unknown') AS unknown,
    count(*) FILTER (WHERE o.state = 'suppressed') AS suppressed,
    count(*) FILTER (WHERE o.state IN ('sent', 'delivered', 'read') AND o.updated_ms >= $1) AS sent,
    CAST(COALESCE(max(CASE WHEN o.state IN ('sent', 'delivered', 'read') THEN o.updated_ms END), 0) AS BIGINT) AS last_sent_ms,
    COALESCE((SELECT f.code FROM outbox AS f WHERE f.channel = o.channel AND f.account = o.account AND f.state IN ('failed', 'unknown') ORDER BY f.updated_ms DESC LIMIT 1), '') AS last_code
FROM outbox AS o WHERE o.account <> '' GROUP BY o.channel, o.account ORDER BY o.channel, o.account

-- name: health_in
SELECT channel, account,
    count(*) FILTER (WHERE state = 'new') AS inbox,
    count(*) FILTER (WHERE state = 'dead') AS inbox_dead,
    max(created_ms) AS last_in_ms
FROM inbox GROUP BY channel, account ORDER BY channel, account

-- name: ticket_insert
-- $3 the debtor of the proved conversation it was made in; empty: made for an address
INSERT INTO bind_ticket (hash, address, debtor_id, expires_ms, created_ms) VALUES ($1, $2, $3, $4, $5)

-- name: ticket
SELECT k.address, k.debtor_id, COALESCE((SELECT d.creditor_id FROM debtor AS d WHERE d.id = k.debtor_id), '') AS creditor_id,
    k.code_hash, k.code_tries, k.code_end_ms, k.expires_ms, k.used_ms
FROM bind_ticket AS k WHERE k.hash = $1

-- name: ticket_claim
UPDATE bind_ticket SET debtor_id = $2, code_hash = $3, code_tries = 0, code_end_ms = $4 WHERE hash = $1 AND used_ms = 0

-- name: ticket_try
-- $1 hash: one more try, under the row's lock
UPDATE bind_ticket SET code_tries = code_tries + 1 WHERE hash = $1 RETURNING address, debtor_id, code_hash, code_tries, code_end_ms, expires_ms, used_ms

-- name: ticket_used
UPDATE bind_ticket SET used_ms = $2 WHERE hash = $1 AND used_ms = 0

-- name: tickets_forget
DELETE FROM bind_ticket WHERE expires_ms < $1

-- name: count_today
INSERT INTO daily_count (subject, day, n) VALUES ($1, $2, 1) ON CONFLICT (subject, day) DO UPDATE SET n = daily_count.n + 1 RETURNING n

-- name: shared_get
SELECT value, version FROM shared_state WHERE id = $1 AND expires_ms > $2

-- name: shared_put_new
-- $1 key, $2 value, $3 expires, $4 now: only where there is none, or one that expired
INSERT INTO shared_state (id, value, version, expires_ms) VALUES ($1, $2, 1, $3)
ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = shared_state.version + 1, expires_ms = excluded.expires_ms WHERE shared_state.expires_ms <= $4

-- name: shared_swap
-- $1 key, $2 version, $3 value, $4 expires
UPDATE shared_state SET value = $3, version = version + 1, expires_ms = $4 WHERE id = $1 AND version = $2

-- name: shared_lock
-- $1 key, $2 owner, $3 until, $4 now, $5 an empty blob
INSERT INTO shared_state (id, value, version, owner, expires_ms) VALUES ($1, $5, 1, $2, $3)
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, expires_ms = excluded.expires_ms, version = shared_state.version + 1
WHERE shared_state.owner = $2 OR shared_state.expires_ms <= $4

-- name: shared_unlock
DELETE FROM shared_state WHERE id = $1 AND owner = $2

-- name: shared_forget
DELETE FROM shared_state WHERE expires_ms < $1

-- name: attachment_insert
INSERT INTO attachment (id, conv_id, message_id, channel, account, kind, source, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: attachments
SELECT id, conv_id, message_id, channel, kind, mime, size, state, fault, created_ms, deleted_ms FROM attachment WHERE conv_id = $1 ORDER BY created_ms, id

-- name: attachment
SELECT id, conv_id, message_id, channel, kind, mime, size, state, fault, created_ms, deleted_ms, content FROM attachment WHERE id = $1

-- name: attachment_claim
-- $1 now, $2 lease until, $3 limit
UPDATE attachment SET next_ms = $2, attempts = attempts + 1
WHERE id IN (SELECT a.id FROM attachment AS a WHERE a.state = 'new' AND a.next_ms <= $1 ORDER BY a.next_ms, a.id LIMIT $3) AND state = 'new' AND next_ms <= $1
RETURNING id, conv_id, channel, account, source, attempts, created_ms

-- name: attachment_claim.postgres
-- An array is looked up once; a plain IN may be looked up again for each row, and then the limit is none.
UPDATE attachment SET next_ms = $2, attempts = attempts + 1
WHERE id = ANY (ARRAY(SELECT a.id FROM attachment AS a WHERE a.state = 'new' AND a.next_ms <= $1 ORDER BY a.next_ms, a.id LIMIT $3 FOR UPDATE OF a SKIP LOCKED)) AND state = 'new' AND next_ms <= $1
RETURNING id, conv_id, channel, account, source, attempts, created_ms

-- name: attachment_done
-- $1 id, $2 state, $3 type, $4 sealed content or nothing, $5 size, $6 why, $7 next try, $8 empty: where the peer has it is needed no more
UPDATE attachment SET state = $2, mime = $3, content = $4, size = $5, fault = $6, next_ms = $7, source = CASE WHEN $2 = 'new' THEN source ELSE $8 END
WHERE id = $1 AND state = 'new'

-- name: old_files
-- $1 came before, $2 and $3 the last one seen, $4 today, $5 limit: what decides over each
SELECT a.id, a.conv_id, a.kind, a.created_ms, c.updated_ms AS talk_ms,
    COALESCE((SELECT max(w.closed_ms) FROM casework AS w WHERE w.conv_id = c.id OR (w.debtor_id = c.debtor_id AND c.debtor_id <> '')), 0) AS case_ms,
    EXISTS (SELECT 1 FROM casework AS w WHERE w.state = 'open' AND (w.conv_id = c.id OR (w.debtor_id = c.debtor_id AND c.debtor_id <> ''))) AS open_case,
    EXISTS (SELECT 1 FROM hold AS h WHERE (h.subject = 'conv:' || c.id OR (h.subject = c.debtor_id AND c.debtor_id <> '')) AND h.lifted_ms = 0 AND (h.until_on = '' OR h.until_on >= $4)) AS held,
    EXISTS (SELECT 1 FROM arrangement AS p WHERE p.debtor_id = c.debtor_id AND c.debtor_id <> '' AND p.state = 'active') AS plan
FROM attachment AS a JOIN conversation AS c ON c.id = a.conv_id
WHERE a.state = 'kept' AND a.created_ms < $1 AND (a.created_ms > $2 OR (a.created_ms = $2 AND a.id > $3))
ORDER BY a.created_ms, a.id LIMIT $5

-- name: attachment_delete
-- $1 id, $2 why, $3 now, $4 empty, $5 today: unless something has come in between
UPDATE attachment SET state = 'gone', fault = $2, deleted_ms = $3, content = NULL, source = $4
WHERE id = $1 AND state = 'kept'
    AND NOT EXISTS (SELECT 1 FROM conversation AS c JOIN casework AS w ON w.conv_id = c.id OR (w.debtor_id = c.debtor_id AND c.debtor_id <> '')
        WHERE c.id = attachment.conv_id AND w.state = 'open')
    AND NOT EXISTS (SELECT 1 FROM conversation AS c JOIN hold AS h ON h.subject = 'conv:' || c.id OR (h.subject = c.debtor_id AND c.debtor_id <> '')
        WHERE c.id = attachment.conv_id AND h.lifted_ms = 0 AND (h.until_on = '' OR h.until_on >= $5))
RETURNING conv_id, kind, mime, size

-- name: notify.postgres
SELECT pg_notify('hejie', $1)

-- name: notify
SELECT $1

-- name: refusals_without_origin
-- $1 limit: refusals of a number that its holder cannot take back by a word, for nobody knows that they alone refused
SELECT DISTINCT a.channel, a.account, a.conv_id FROM suppression AS s JOIN address AS a ON 'hash:' || a.hash = s.subject AND a.creditor_id = s.creditor_id
WHERE s.origin = '' AND s.reason IN ('opt_out', 'opt_out_at_peer') AND s.subject LIKE 'hash:%' ORDER BY a.channel, a.account, a.conv_id LIMIT $1
