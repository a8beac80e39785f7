-- Creditors, debtors, accounts and what stands on them.

-- name: creditor
SELECT id, name, collector, hotline, website, pay_url, profile, host_secret, frame_ancestors FROM creditor WHERE id = $1

-- name: creditor_by_name
SELECT id, name, collector, hotline, website, pay_url, profile, host_secret, frame_ancestors FROM creditor WHERE name = $1

-- name: creditors
SELECT id, name, collector, hotline, website, pay_url, profile, host_secret, frame_ancestors FROM creditor ORDER BY name

-- name: creditor_put
INSERT INTO creditor (id, name, collector, hotline, website, pay_url, profile, host_secret, frame_ancestors, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, collector = excluded.collector, hotline = excluded.hotline, website = excluded.website,
    pay_url = excluded.pay_url, profile = excluded.profile, host_secret = excluded.host_secret, frame_ancestors = excluded.frame_ancestors

-- name: debtor
-- $1 creditor, $2 debtor
SELECT id, ref, name, phone_last4, id_last4, lang, payday, monthly_income, monthly_outgoings, means_reason FROM debtor WHERE creditor_id = $1 AND id = $2

-- name: debtor_by_ref
SELECT id, ref, name, phone_last4, id_last4, lang FROM debtor WHERE creditor_id = $1 AND ref = $2

-- name: debtors_by_factors
-- $1 creditor, $2 name, $3 phone, $4 id; empty = not given
SELECT id, ref, name, phone_last4, id_last4, lang FROM debtor
WHERE creditor_id = $1 AND ($2 = '' OR name = $2) AND ($3 = '' OR phone_last4 = $3) AND ($4 = '' OR id_last4 = $4) ORDER BY id LIMIT 20

-- name: accounts_of
SELECT id, account_no, debt_type, currency, as_of, due_on, contract_on, annual_rate_e6, daily_interest, stage, reports_credit, intends_litigation, last_payment_on, last_demand_on
FROM account WHERE creditor_id = $1 AND debtor_id = $2 ORDER BY due_on, id

-- name: entries_of
SELECT id, account_id, kind, component, amount, value_on, basis, posted_ms FROM entry WHERE account_id = $1 ORDER BY value_on, posted_ms, id

-- name: holds_of
-- $1 subject, $2 today
SELECT reason, scope, until_on FROM hold WHERE subject = $1 AND lifted_ms = 0 AND (until_on = '' OR until_on >= $2) ORDER BY placed_ms, id

-- name: cases_of
SELECT id, kind, due_on, note FROM casework WHERE creditor_id = $1 AND debtor_id = $2 AND state = 'open' ORDER BY opened_ms, id

-- name: arrangements_of
SELECT id, account_id, agreement, agreed_ms FROM arrangement WHERE creditor_id = $1 AND debtor_id = $2 AND state = 'active' ORDER BY agreed_ms, id

-- name: promises_of
SELECT account_id, on_day, amount, state, made_ms FROM promise WHERE debtor_id = $1 ORDER BY on_day, made_ms

-- name: suppressed
-- $1 creditor, $2 debtor or empty, $3 conversation subject, $4 address subject, $5 channel, $6 address
SELECT count(*) FROM suppression WHERE creditor_id = $1 AND channel IN ($5, 'all')
    AND ((subject = $2 AND $2 <> '') OR subject = $3 OR subject = $4 OR subject = (SELECT 'hash:' || a.hash FROM address AS a WHERE a.id = $6))

-- name: proactive_since
-- $1 creditor, $2 debtor or empty, $3 conversation, $4 start of today, $5 start of the week, $6 a draft that does not count itself.
-- One ledger over bot, people, reminders and channels.
SELECT CAST(COALESCE(sum(CASE WHEN at_ms >= $4 THEN 1 ELSE 0 END), 0) AS BIGINT) AS today, count(*) AS week
FROM contact
WHERE purpose = 'proactive' AND state = 'made' AND at_ms >= $5 AND (draft_id IS NULL OR draft_id <> $6)
    AND (conv_id = $3 OR ($2 <> '' AND creditor_id = $1 AND debtor_id = $2))
