-- API keys, what integrators read and write, webhooks out, second looks.

-- name: api_key_insert
INSERT INTO api_key (id, creditor_id, name, prefix, hash, scopes, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: api_key_by_hash
-- $1 hash, $2 now
SELECT id, creditor_id, name, prefix, scopes, created_ms, expires_ms, last_used_ms, revoked_ms FROM api_key
WHERE hash = $1 AND revoked_ms = 0 AND (expires_ms = 0 OR expires_ms > $2)

-- name: api_key_used
UPDATE api_key SET last_used_ms = $2 WHERE id = $1 AND last_used_ms < $2

-- name: api_keys
SELECT id, creditor_id, name, prefix, scopes, created_ms, expires_ms, last_used_ms, revoked_ms FROM api_key
WHERE $1 = '' OR creditor_id = $1 ORDER BY created_ms, id

-- name: api_key_revoke
UPDATE api_key SET revoked_ms = $2 WHERE id = $1 AND revoked_ms = 0 RETURNING creditor_id

-- name: accounts_page
-- $1 creditor, $2 after, $3 account number or empty, $4 limit
SELECT a.id, a.account_no, a.debt_type, a.currency, a.as_of, a.due_on, a.contract_on, a.annual_rate_e6, a.daily_interest, a.stage, a.reports_credit,
    a.intends_litigation, a.last_payment_on, a.last_demand_on, a.debtor_id, d.ref AS debtor_ref
FROM account AS a JOIN debtor AS d ON d.id = a.debtor_id
WHERE a.creditor_id = $1 AND a.id > $2 AND ($3 = '' OR a.account_no = $3) ORDER BY a.id LIMIT $4

-- name: account_booked
SELECT a.id, a.account_no, a.debt_type, a.currency, a.as_of, a.due_on, a.contract_on, a.annual_rate_e6, a.daily_interest, a.stage, a.reports_credit,
    a.intends_litigation, a.last_payment_on, a.last_demand_on, a.debtor_id, d.ref AS debtor_ref
FROM account AS a JOIN debtor AS d ON d.id = a.debtor_id WHERE a.creditor_id = $1 AND a.id = $2

-- name: account_booked_lock
SELECT id FROM account WHERE creditor_id = $1 AND id = $2

-- name: account_booked_lock.postgres
SELECT id FROM account WHERE creditor_id = $1 AND id = $2 FOR UPDATE

-- name: payment_post_insert
-- A key used before inserts nothing.
INSERT INTO payment_post (creditor_id, idem_key, account_id, entry_id, amount, currency, value_on, reference, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (creditor_id, idem_key) DO NOTHING

-- name: payment_post
SELECT account_id, entry_id, amount, currency, value_on, reference FROM payment_post WHERE creditor_id = $1 AND idem_key = $2

-- name: payment_entry
INSERT INTO entry (id, account_id, kind, component, amount, value_on, basis, posted_ms) VALUES ($1, $2, 'payment', '', $3, $4, $5, $6)

-- name: promises_kept
-- $1 account, $2 the day the money came, $3 how much: a promise it covers in time is kept
UPDATE promise SET state = 'kept' WHERE account_id = $1 AND state = 'open' AND on_day >= $2 AND amount > 0 AND amount <= $3

-- name: arrangement_done
UPDATE arrangement SET state = 'done' WHERE id = $1 AND state = 'active'

-- name: conversations_page
-- $1 creditor, $2 created, $3 id, $4 limit
SELECT id, epoch, creditor_id, debtor_id, channel, address, lang, identity, control, agent_id, crisis, reason, head_seq, read_seq, recv_seq, version, created_ms, updated_ms, waiting_ms
FROM conversation WHERE creditor_id = $1 AND (created_ms > $2 OR (created_ms = $2 AND id > $3)) ORDER BY created_ms, id LIMIT $4

-- name: arrangements_page
-- $1 creditor, $2 account or empty, $3 agreed, $4 id, $5 limit
SELECT id, account_id, debtor_id, conv_id, kind, currency, total, waived, state, agreed_ms, sha256 FROM arrangement
WHERE creditor_id = $1 AND ($2 = '' OR account_id = $2) AND (agreed_ms > $3 OR (agreed_ms = $3 AND id > $4)) ORDER BY agreed_ms, id LIMIT $5

-- name: arrangement_booked
SELECT id, account_id, debtor_id, conv_id, kind, currency, total, waived, state, agreed_ms, sha256 FROM arrangement WHERE creditor_id = $1 AND id = $2

-- name: instalments_booked
SELECT n, due_on, amount, principal, interest, penalty, fees FROM instalment WHERE arrangement_id = $1 ORDER BY n

-- name: arrangement_active_of
SELECT id, account_id, debtor_id, conv_id, kind, currency, total, waived, state, agreed_ms, sha256 FROM arrangement WHERE account_id = $1 AND state = 'active'

-- name: holds_standing
-- $1 creditor or empty, $2 subject or empty, $3 today, $4 limit
SELECT h.id, h.creditor_id, h.subject, COALESCE(d.id, '') AS debtor_id, COALESCE(d.name, '') AS debtor_name, h.account_id, h.conv_id, h.reason, h.scope, h.until_on, h.placed_ms
FROM hold AS h LEFT JOIN debtor AS d ON d.id = h.subject
WHERE h.lifted_ms = 0 AND (h.until_on = '' OR h.until_on >= $3) AND ($1 = '' OR h.creditor_id = $1) AND ($2 = '' OR h.subject = $2)
ORDER BY h.placed_ms DESC, h.id LIMIT $4

-- name: hold_one
SELECT h.id, h.creditor_id, h.subject, COALESCE(d.id, '') AS debtor_id, COALESCE(d.name, '') AS debtor_name, h.account_id, h.conv_id, h.reason, h.scope, h.until_on, h.placed_ms
FROM hold AS h LEFT JOIN debtor AS d ON d.id = h.subject WHERE h.id = $1 AND h.lifted_ms = 0

-- name: hold_lift
UPDATE hold SET lifted_ms = $2, lifted_by = $3 WHERE id = $1 AND lifted_ms = 0

-- name: debtor_owned
SELECT id FROM debtor WHERE creditor_id = $1 AND id = $2

-- name: cases_by_due
-- $1 creditor or empty, $2 state or empty, $3 kind or empty, $4 limit
SELECT k.id, k.conv_id, k.creditor_id, k.debtor_id, COALESCE(d.name, '') AS debtor_name, k.account_id, k.kind, k.due_on, k.note, k.state, k.opened_ms, k.closed_ms, k.closed_by, k.outcome
FROM casework AS k LEFT JOIN debtor AS d ON d.id = k.debtor_id
WHERE ($1 = '' OR k.creditor_id = $1) AND ($2 = '' OR k.state = $2) AND ($3 = '' OR k.kind = $3)
ORDER BY CASE WHEN k.state = 'open' THEN 0 ELSE 1 END, CASE WHEN k.due_on = '' THEN 1 ELSE 0 END, k.due_on, k.opened_ms, k.conv_id, k.id LIMIT $4

-- name: cases_page
-- $1 creditor or empty, $2 state or empty, $3 kind or empty, $4 opened, $5 conversation and id, $6 limit
SELECT k.id, k.conv_id, k.creditor_id, k.debtor_id, COALESCE(d.name, '') AS debtor_name, k.account_id, k.kind, k.due_on, k.note, k.state, k.opened_ms, k.closed_ms, k.closed_by, k.outcome
FROM casework AS k LEFT JOIN debtor AS d ON d.id = k.debtor_id
WHERE ($1 = '' OR k.creditor_id = $1) AND ($2 = '' OR k.state = $2) AND ($3 = '' OR k.kind = $3)
    AND (k.opened_ms > $4 OR (k.opened_ms = $4 AND k.conv_id || '/' || k.id > $5))
ORDER BY k.opened_ms, k.conv_id || '/' || k.id LIMIT $6

-- name: case_state
SELECT state FROM casework WHERE conv_id = $1 AND id = $2 AND ($3 = '' OR creditor_id = $3)

-- name: case_kind
SELECT kind FROM casework WHERE conv_id = $1 AND id = $2

-- name: case_close
UPDATE casework SET state = 'closed', closed_ms = $3, closed_by = $4, outcome = $5 WHERE conv_id = $1 AND id = $2 AND state = 'open'

-- name: approvals_pending
-- $1 creditor or empty, $2 limit: open waiver cases with the offers that need a person. A case that an agent opened names its one offer.
SELECT k.id AS case_id, k.conv_id, k.creditor_id, COALESCE(d.name, '') AS debtor_name, k.due_on, k.note, o.terms, o.made_ms
FROM casework AS k JOIN offer AS o ON o.conv_id = k.conv_id LEFT JOIN debtor AS d ON d.id = k.debtor_id
WHERE k.state = 'open' AND k.kind IN ('waiver', 'approval') AND ($1 = '' OR k.creditor_id = $1) AND o.terms LIKE '%"needs_approval":true%'
    AND (k.id = 'ask-' || o.id OR (k.id NOT LIKE 'ask-%' AND o.made_ms <= k.opened_ms
        AND NOT EXISTS (SELECT 1 FROM casework AS own WHERE own.conv_id = k.conv_id AND own.id = 'ask-' || o.id)))
ORDER BY k.due_on, k.opened_ms, k.conv_id, o.made_ms DESC, o.id LIMIT $2

-- name: approvals_of
-- $1 conversation: every request, open or decided, with its offers
SELECT k.id AS case_id, k.state, k.note, k.opened_ms, k.closed_ms, k.closed_by, k.outcome, o.id AS offer_id, o.terms
FROM casework AS k JOIN offer AS o ON o.conv_id = k.conv_id
WHERE k.conv_id = $1 AND k.kind IN ('waiver', 'approval') AND o.terms LIKE '%"needs_approval":true%'
    AND (k.id = 'ask-' || o.id OR (k.id NOT LIKE 'ask-%' AND o.made_ms <= k.opened_ms
        AND NOT EXISTS (SELECT 1 FROM casework AS own WHERE own.conv_id = k.conv_id AND own.id = 'ask-' || o.id)))
ORDER BY k.opened_ms DESC, k.id, o.id

-- name: review_insert
INSERT INTO review (id, conv_id, draft_id, asked_by, asked_reason, asked_ms, state) VALUES ($1, $2, $3, $4, $5, $6, 'open')

-- name: review
SELECT r.id, r.conv_id, c.creditor_id, r.draft_id, r.asked_by, r.asked_reason, r.asked_ms, r.state, r.decided_by, r.decided_reason, r.decided_ms, o.draft, o.verdict, o.facts, o.zone
FROM review AS r JOIN conversation AS c ON c.id = r.conv_id JOIN outbox AS o ON o.draft_id = r.draft_id WHERE r.id = $1

-- name: reviews
SELECT r.id, r.conv_id, c.creditor_id, r.draft_id, r.asked_by, r.asked_reason, r.asked_ms, r.state, r.decided_by, r.decided_reason, r.decided_ms, o.draft, o.verdict, o.facts, o.zone
FROM review AS r JOIN conversation AS c ON c.id = r.conv_id JOIN outbox AS o ON o.draft_id = r.draft_id WHERE ($1 = '' OR r.state = $1) AND ($2 = '' OR r.asked_by = $2) AND ($3 = '' OR r.conv_id = $3)
ORDER BY r.asked_ms DESC, r.id LIMIT $4

-- name: review_decide
UPDATE review SET state = $2, decided_by = $3, decided_reason = $4, decided_ms = $5 WHERE id = $1 AND state = 'open'

-- name: outbox_held
SELECT draft_id, draft, verdict, facts, zone, channel, attempts, idem_key, class, auth_tries, was_parked, expires_ms, cut_off, doubts, matters
FROM outbox WHERE conv_id = $1 AND draft_id = $2 AND state IN ('held', 'blocked')

-- name: outbox_release
-- $1 draft, $2 verdict, $3 facts, $4 now, $5 end or 0
UPDATE outbox SET state = 'queued', verdict = $2, facts = $3, next_ms = $4, updated_ms = $4, code = '',
    expires_ms = CASE WHEN expires_ms > 0 AND $5 > expires_ms THEN $5 ELSE expires_ms END
WHERE draft_id = $1 AND state IN ('held', 'blocked')

-- name: outbox_drop
UPDATE outbox SET state = 'suppressed', code = 'dropped', updated_ms = $2 WHERE draft_id = $1 AND state IN ('held', 'blocked')

-- name: agents_active
SELECT id, login, name, role, password_hash, disabled, created_ms FROM agent WHERE NOT disabled AND role IN ('agent', 'admin') ORDER BY name, id

-- name: webhook_insert
INSERT INTO webhook (id, creditor_id, url, events, state, secret, created_ms) VALUES ($1, $2, $3, $4, 'active', $5, $6)

-- name: webhook
-- $1 id, $2 creditor or empty
SELECT w.id, w.creditor_id, w.url, w.events, w.state, w.fault, w.secret, w.previous, w.previous_until_ms, w.failing_since_ms, w.created_ms, w.disabled_ms,
    (SELECT count(*) FROM hook_event AS e WHERE e.webhook_id = w.id AND e.state = 'pending') AS pending
FROM webhook AS w WHERE w.id = $1 AND w.deleted_ms = 0 AND ($2 = '' OR w.creditor_id = $2)

-- name: webhooks
SELECT w.id, w.creditor_id, w.url, w.events, w.state, w.fault, w.secret, w.previous, w.previous_until_ms, w.failing_since_ms, w.created_ms, w.disabled_ms,
    (SELECT count(*) FROM hook_event AS e WHERE e.webhook_id = w.id AND e.state = 'pending') AS pending
FROM webhook AS w WHERE w.deleted_ms = 0 AND ($1 = '' OR w.creditor_id = $1) ORDER BY w.created_ms, w.id

-- name: webhook_set
UPDATE webhook SET url = $2, events = $3, state = $4, disabled_ms = $5, fault = CASE WHEN $4 = 'active' THEN '' ELSE fault END,
    failing_since_ms = 0, next_ms = 0
WHERE id = $1

-- name: webhook_drop
UPDATE webhook SET deleted_ms = $2, state = 'disabled', secret = $3, previous = NULL WHERE id = $1

-- name: webhook_rotate
UPDATE webhook SET previous = secret, previous_until_ms = $3, secret = $2 WHERE id = $1

-- name: webhook_due
SELECT count(*) FROM webhook AS w WHERE w.state = 'active' AND w.lease_until_ms <= $1 AND w.next_ms <= $1
    AND EXISTS (SELECT 1 FROM hook_event AS e WHERE e.webhook_id = w.id AND e.state = 'pending')

-- name: webhook_claim
-- $1 owner, $2 lease end, $3 now
UPDATE webhook SET lease_owner = $1, lease_until_ms = $2 WHERE id = (
    SELECT w.id FROM webhook AS w WHERE w.state = 'active' AND w.lease_until_ms <= $3 AND w.next_ms <= $3
        AND EXISTS (SELECT 1 FROM hook_event AS e WHERE e.webhook_id = w.id AND e.state = 'pending')
    ORDER BY w.next_ms, w.id LIMIT 1)
RETURNING id

-- name: webhook_claim.postgres
UPDATE webhook SET lease_owner = $1, lease_until_ms = $2 WHERE id = (
    SELECT w.id FROM webhook AS w WHERE w.state = 'active' AND w.lease_until_ms <= $3 AND w.next_ms <= $3
        AND EXISTS (SELECT 1 FROM hook_event AS e WHERE e.webhook_id = w.id AND e.state = 'pending')
    ORDER BY w.next_ms, w.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id

-- name: webhook_after
-- $1 id, $2 owner, $3 lease end, $4 next, $5 fault, $6 now or 0: failing since, $7 state, $8 disabled
UPDATE webhook SET lease_until_ms = $3, next_ms = $4, fault = $5, state = CASE WHEN $7 = 'disabled' THEN 'disabled' ELSE state END, disabled_ms = CASE WHEN $7 = 'disabled' THEN $8 ELSE disabled_ms END,
    failing_since_ms = CASE WHEN CAST($6 AS BIGINT) = 0 THEN 0 WHEN failing_since_ms = 0 THEN CAST($6 AS BIGINT) ELSE failing_since_ms END
WHERE id = $1 AND lease_owner = $2

-- name: webhook_release
UPDATE webhook SET lease_until_ms = 0, lease_owner = '' WHERE id = $1 AND lease_owner = $2

-- name: hook_head
SELECT n, webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state, attempts, first_ms, last_status, last_error, last_body, took_ms, done_ms
FROM hook_event WHERE webhook_id = $1 AND state = 'pending' ORDER BY n LIMIT 1

-- name: hook_tried
-- $1 n, $2 state, $3 status, $4 error, $5 body, $6 took, $7 now, $8 done
UPDATE hook_event SET state = $2, attempts = attempts + 1, last_status = $3, last_error = $4, last_body = $5, took_ms = $6,
    first_ms = CASE WHEN first_ms = 0 THEN $7 ELSE first_ms END, done_ms = $8 WHERE n = $1

-- name: hook_log
-- $1 webhook, $2 before or 0, $3 limit
SELECT n, webhook_id, type, at_ms, conv_id, debtor_id, account_id, object_id, kind, status, amount, currency, on_day, state, attempts, first_ms, last_status, last_error, last_body, took_ms, done_ms
FROM hook_event WHERE webhook_id = $1 AND (CAST($2 AS BIGINT) = 0 OR n < CAST($2 AS BIGINT)) ORDER BY n DESC LIMIT $3

-- name: hook_replay
UPDATE hook_event SET state = 'pending', first_ms = 0, attempts = 0, done_ms = 0 WHERE webhook_id = $1 AND n >= $2 AND n <= $3 AND state <> 'pending'

-- name: hooks_forget
DELETE FROM hook_event WHERE state <> 'pending' AND at_ms < $1

-- name: hooks_skip
UPDATE hook_event SET state = 'skipped' WHERE webhook_id = $1 AND state = 'pending'

-- name: integration_figures
SELECT (SELECT count(*) FROM hook_event WHERE state = 'pending') AS hooks_pending,
    (SELECT count(*) FROM webhook WHERE state = 'disabled' AND deleted_ms = 0) AS hooks_disabled,
    (SELECT count(*) FROM outbox WHERE state IN ('queued', 'deferred', 'sending')) AS outbox_open,
    (SELECT count(*) FROM outbox WHERE state IN ('held', 'blocked')) AS outbox_held,
    (SELECT count(*) FROM outbox WHERE state IN ('failed', 'unknown')) AS outbox_dead,
    (SELECT count(*) FROM outbox WHERE state = 'parked') AS outbox_parked,
    (SELECT count(*) FROM inbox WHERE state = 'new') AS inbox_new,
    (SELECT count(*) FROM inbox WHERE state = 'dead') AS inbox_dead
