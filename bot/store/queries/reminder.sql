-- What falls due.

-- name: due_on
-- $1 day, $2 after this item, $3 limit. The outbox is the memory: an item with a reminder there, sent or not, is done.
SELECT item, creditor_id, debtor_id, account_id, plan_id, amount FROM (
    SELECT 'plan:' || a.id || ':' || CAST(i.n AS TEXT) AS item, a.creditor_id, a.debtor_id, a.account_id, a.id AS plan_id, i.amount
    FROM instalment AS i JOIN arrangement AS a ON a.id = i.arrangement_id
    WHERE i.due_on = $1 AND a.state = 'active' AND i.amount > 0
    UNION ALL
    SELECT 'promise:' || p.conv_id || ':' || p.account_id || ':' || p.on_day || ':' || CAST(p.amount AS TEXT), c.creditor_id, p.debtor_id, p.account_id, '', p.amount
    FROM promise AS p JOIN conversation AS c ON c.id = p.conv_id
    WHERE p.on_day = $1 AND p.state = 'open' AND p.debtor_id <> '' AND p.amount > 0
) AS due
WHERE item > $2 AND NOT EXISTS (SELECT 1 FROM outbox WHERE draft_id = 'remind:' || due.item)
ORDER BY item LIMIT $3

-- name: care_due
-- $1 name of the message, $2 after this debtor, $3 limit
SELECT DISTINCT c.creditor_id, c.debtor_id FROM conversation AS c
WHERE c.debtor_id > $2 AND c.identity = 'verified' AND c.control <> 'closed' AND c.channel <> 'sms'
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE draft_id = $1 || ':' || c.debtor_id)
ORDER BY c.debtor_id LIMIT $3
