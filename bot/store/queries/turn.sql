-- Turns, and what they make true.

-- name: turn_insert
INSERT INTO turn (conv_id, version, at_ms, consumed, commands, source, effects, drafts, state, record, model_calls, prompt_tokens, completion_tokens)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: turns
SELECT version, at_ms, consumed, commands, source, effects, drafts, state, record, model_calls, prompt_tokens, completion_tokens FROM turn WHERE conv_id = $1 ORDER BY version

-- name: offer_put
-- The same terms quoted again are the same offer with a later end.
INSERT INTO offer (id, account_id, creditor_id, debtor_id, conv_id, terms, valid_until_ms, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id, debtor_id, account_id) DO UPDATE SET terms = excluded.terms, valid_until_ms = excluded.valid_until_ms, made_ms = excluded.made_ms
WHERE excluded.valid_until_ms > offer.valid_until_ms

-- name: offer_valid
-- $1 offer, $2 debtor, $3 account, $4 now
SELECT terms FROM offer WHERE id = $1 AND debtor_id = $2 AND account_id = $3 AND valid_until_ms >= $4

-- name: arrangement_exists
SELECT account_id, debtor_id, sha256 FROM arrangement WHERE id = $1

-- name: arrangement_insert
INSERT INTO arrangement (id, creditor_id, debtor_id, account_id, conv_id, offer_id, kind, currency, total, waived, agreement, sha256, state, agreed_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'active', $13)

-- name: arrangement_replace
-- $1 account, $2 the new one: an account has one plan at a time
UPDATE arrangement SET state = 'replaced' WHERE account_id = $1 AND state = 'active' AND id <> $2

-- name: arrangement_cancel
-- $1 arrangement, $2 debtor
UPDATE arrangement SET state = 'cancelled' WHERE id = $1 AND debtor_id = $2 AND state = 'active'

-- name: arrangement_revive
-- $1 the one taken back: what stood before it stands again, if it was this one that replaced it
UPDATE arrangement SET state = 'active' WHERE state = 'replaced' AND id = (
    SELECT b.id FROM arrangement AS b JOIN arrangement AS a ON a.account_id = b.account_id
    WHERE a.id = $1 AND b.id <> a.id AND b.agreed_ms <= a.agreed_ms AND b.state <> 'cancelled' ORDER BY b.agreed_ms DESC, b.id LIMIT 1)

-- name: instalment_insert
INSERT INTO instalment (arrangement_id, n, due_on, amount, principal, interest, penalty, fees) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: hold_put
-- A hold that stands is not placed twice; a longer one (no end = the longest) lengthens it.
INSERT INTO hold (id, creditor_id, subject, account_id, conv_id, reason, scope, until_on, placed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (subject, account_id, reason, scope) WHERE lifted_ms = 0 DO UPDATE SET until_on = excluded.until_on
WHERE hold.until_on <> '' AND (excluded.until_on = '' OR excluded.until_on > hold.until_on)

-- name: hold_adopt
-- $1 debtor, $2 the conversation's subject: what an unknown visitor asked for belongs to the debtor once known
UPDATE hold SET subject = $1 WHERE subject = $2 AND lifted_ms = 0 AND NOT EXISTS (
    SELECT 1 FROM hold AS h WHERE h.subject = $1 AND h.account_id = hold.account_id AND h.reason = hold.reason AND h.scope = hold.scope AND h.lifted_ms = 0)

-- name: case_adopt
UPDATE casework SET debtor_id = $1 WHERE conv_id = $2 AND debtor_id = ''

-- name: promise_adopt
UPDATE promise SET debtor_id = $1 WHERE conv_id = $2 AND debtor_id = ''

-- name: case_put
INSERT INTO casework (id, conv_id, creditor_id, debtor_id, account_id, kind, due_on, note, state, opened_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)
ON CONFLICT (conv_id, id) DO NOTHING

-- name: promise_put
INSERT INTO promise (conv_id, debtor_id, account_id, on_day, amount, state, made_ms) VALUES ($1, $2, $3, $4, $5, 'open', $6)
ON CONFLICT (conv_id, account_id, on_day, amount) DO NOTHING

-- name: case_note
-- $1 conversation, $2 case, $3 words: added below what the case says, once
UPDATE casework SET note = CASE WHEN note = '' THEN $3 ELSE note || '; ' || $3 END WHERE conv_id = $1 AND id = $2 AND state = 'open' AND note <> $3

-- name: suppression_put
-- $6 the number whose holder refused, or empty. What was refused from two places, or for another reason too, nobody takes back by a word.
INSERT INTO suppression (creditor_id, subject, channel, reason, since_ms, origin) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (creditor_id, subject, channel) DO UPDATE SET origin = CASE WHEN suppression.origin = excluded.origin AND
    (suppression.reason = excluded.reason OR (suppression.reason LIKE 'opt_out%' AND excluded.reason LIKE 'opt_out%')) THEN suppression.origin ELSE '' END

-- name: means_put
-- $1 debtor, $2 income, $3 outgoings, $4 payday, $5 reason; what was not told now stays as it was
UPDATE debtor SET monthly_income = COALESCE($2, monthly_income), monthly_outgoings = COALESCE($3, monthly_outgoings),
    payday = CASE WHEN $4 > 0 THEN $4 ELSE payday END, means_reason = CASE WHEN $5 = '' THEN means_reason ELSE $5 END
WHERE id = $1

-- name: document_put
INSERT INTO document (id, conv_id, lang, html, sha256, terms_sha256, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO NOTHING

-- name: document
SELECT id, conv_id, lang, html, sha256, terms_sha256, created_ms FROM document WHERE id = $1
