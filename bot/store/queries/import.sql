-- Portfolio files. The staged rows of one file carry its import id ($1 throughout).

-- name: import_forget
DELETE FROM import_row WHERE import_id = $1

-- name: import_forget_stale
DELETE FROM import_row WHERE created_ms < $1

-- name: import_twice
-- Accounts that stand in two rows: $2 limit. Windows, not self-joins: those are quadratic where the planner errs.
SELECT row_no, first_row FROM (
    SELECT row_no, min(row_no) OVER (PARTITION BY creditor_id, account_no) AS first_row FROM import_row WHERE import_id = $1) AS r
WHERE row_no > first_row ORDER BY row_no LIMIT $2

-- name: import_two_names
-- One debtor_id, two names
SELECT row_no, first_row FROM (
    SELECT row_no, name, min(row_no) OVER (PARTITION BY creditor_id, debtor_ref) AS first_row,
        first_value(name) OVER (PARTITION BY creditor_id, debtor_ref ORDER BY row_no) AS first_name
    FROM import_row WHERE import_id = $1) AS r
WHERE name <> first_name ORDER BY row_no LIMIT $2

-- name: import_moved
-- A known account under another debtor
SELECT r.row_no AS row_no, d.ref AS known FROM import_row AS r
JOIN account AS a ON a.creditor_id = r.creditor_id AND a.account_no = r.account_no JOIN debtor AS d ON d.id = a.debtor_id
WHERE r.import_id = $1 AND d.ref <> r.debtor_ref ORDER BY r.row_no LIMIT $2

-- name: import_older
-- Figures older than those already loaded
SELECT r.row_no AS row_no, a.as_of AS known FROM import_row AS r
JOIN account AS a ON a.creditor_id = r.creditor_id AND a.account_no = r.account_no
WHERE r.import_id = $1 AND r.as_of < a.as_of ORDER BY r.row_no LIMIT $2

-- name: import_currency
SELECT r.row_no AS row_no, a.currency AS known FROM import_row AS r
JOIN account AS a ON a.creditor_id = r.creditor_id AND a.account_no = r.account_no
WHERE r.import_id = $1 AND r.currency <> a.currency ORDER BY r.row_no LIMIT $2

-- name: import_new_debtors
SELECT count(*) FROM (SELECT DISTINCT r.creditor_id, r.debtor_ref FROM import_row AS r WHERE r.import_id = $1
    AND NOT EXISTS (SELECT 1 FROM debtor AS d WHERE d.creditor_id = r.creditor_id AND d.ref = r.debtor_ref)) AS fresh

-- name: import_debtors
-- The last row of a debtor counts; what a file leaves empty stays as it was.
INSERT INTO debtor (id, creditor_id, ref, name, phone, phone_last4, id_last4, lang, wechat_openid, payday, monthly_income, created_ms)
SELECT r.debtor_id, r.creditor_id, r.debtor_ref, r.name, r.phone, r.phone_last4, r.id_last4, r.lang, r.wechat_openid, r.payday, r.monthly_income, r.created_ms
FROM (SELECT i.*, max(i.row_no) OVER (PARTITION BY i.creditor_id, i.debtor_ref) AS last_row FROM import_row AS i WHERE i.import_id = $1) AS r
WHERE r.row_no = r.last_row
ON CONFLICT (creditor_id, ref) DO UPDATE SET name = excluded.name,
    phone = CASE WHEN excluded.phone = '' THEN debtor.phone ELSE excluded.phone END,
    phone_last4 = CASE WHEN excluded.phone = '' THEN debtor.phone_last4 ELSE excluded.phone_last4 END,
    id_last4 = CASE WHEN excluded.id_last4 = '' THEN debtor.id_last4 ELSE excluded.id_last4 END,
    lang = CASE WHEN excluded.lang = '' THEN debtor.lang ELSE excluded.lang END,
    wechat_openid = CASE WHEN excluded.wechat_openid = '' THEN debtor.wechat_openid ELSE excluded.wechat_openid END,
    payday = CASE WHEN excluded.payday = 0 THEN debtor.payday ELSE excluded.payday END,
    monthly_income = COALESCE(excluded.monthly_income, debtor.monthly_income)

-- name: import_known
-- Known accounts among the rows after $2 up to $3. Pages are ranges of rows: a LIMIT would sort the rest of the file each time.
SELECT r.row_no AS row_no, a.id AS account_id, r.principal, r.interest, r.penalty, r.fees, r.as_of, r.last_payment_on, a.as_of AS old_as_of, a.last_payment_on AS old_payment_on
FROM import_row AS r JOIN account AS a ON a.creditor_id = r.creditor_id AND a.account_no = r.account_no
WHERE r.import_id = $1 AND r.row_no > $2 AND r.row_no <= $3 ORDER BY r.row_no

-- name: import_known_entries
-- The entries of the same accounts
SELECT e.id, e.account_id, e.kind, e.component, e.amount, e.value_on, e.basis, e.posted_ms
FROM import_row AS r JOIN account AS a ON a.creditor_id = r.creditor_id AND a.account_no = r.account_no JOIN entry AS e ON e.account_id = a.id
WHERE r.import_id = $1 AND r.row_no > $2 AND r.row_no <= $3

-- name: import_accounts
-- What a file leaves empty stays as it was; a permission (credit reporting, litigation) must be given anew each time.
INSERT INTO account (id, creditor_id, debtor_id, account_no, debt_type, currency, as_of, due_on, contract_on, annual_rate_e6, penalty_rate_e6, stage,
    reports_credit, intends_litigation, last_payment_on, last_demand_on, created_ms)
SELECT r.account_id, r.creditor_id, d.id, r.account_no, r.debt_type, r.currency, r.as_of, r.due_on, r.contract_on, r.annual_rate_e6, r.penalty_rate_e6, r.stage,
    r.reports_credit, r.intends_litigation, r.last_payment_on, r.last_demand_on, r.created_ms
FROM import_row AS r JOIN debtor AS d ON d.creditor_id = r.creditor_id AND d.ref = r.debtor_ref WHERE r.import_id = $1
ON CONFLICT (creditor_id, account_no) DO UPDATE SET debt_type = excluded.debt_type, as_of = excluded.as_of,
    due_on = CASE WHEN excluded.due_on = '' THEN account.due_on ELSE excluded.due_on END,
    contract_on = CASE WHEN excluded.contract_on = '' THEN account.contract_on ELSE excluded.contract_on END,
    annual_rate_e6 = CASE WHEN excluded.annual_rate_e6 = 0 THEN account.annual_rate_e6 ELSE excluded.annual_rate_e6 END,
    penalty_rate_e6 = CASE WHEN excluded.penalty_rate_e6 = 0 THEN account.penalty_rate_e6 ELSE excluded.penalty_rate_e6 END,
    stage = CASE WHEN excluded.stage = '' THEN account.stage ELSE excluded.stage END,
    last_payment_on = CASE WHEN excluded.last_payment_on = '' THEN account.last_payment_on ELSE excluded.last_payment_on END,
    last_demand_on = CASE WHEN excluded.last_demand_on = '' THEN account.last_demand_on ELSE excluded.last_demand_on END,
    reports_credit = excluded.reports_credit, intends_litigation = excluded.intends_litigation

-- name: import_first_entries
-- A new account opens with what is owed, a line for each component: $2 file, $3 now
INSERT INTO entry (id, account_id, kind, component, amount, value_on, basis, posted_ms)
SELECT r.account_id || '-' || c.component, r.account_id, 'charge', c.component,
    CASE c.component WHEN 'principal' THEN r.principal WHEN 'interest' THEN r.interest WHEN 'penalty' THEN r.penalty ELSE r.fees END,
    r.as_of, 'import:' || $2 || '#' || r.row_no, $3
FROM import_row AS r JOIN account AS a ON a.id = r.account_id
CROSS JOIN (SELECT 'principal' AS component UNION ALL SELECT 'interest' UNION ALL SELECT 'penalty' UNION ALL SELECT 'fees') AS c
WHERE r.import_id = $1
    AND CASE c.component WHEN 'principal' THEN r.principal WHEN 'interest' THEN r.interest WHEN 'penalty' THEN r.penalty ELSE r.fees END > 0

-- name: import_new_accounts
SELECT count(*) FROM import_row AS r JOIN account AS a ON a.id = r.account_id WHERE r.import_id = $1
