-- Sessions, agents, and what the console shows.

-- name: session_insert
INSERT INTO session (token_hash, conv_id, creditor_id, subject, assurance, created_ms, seen_ms, expires_ms, revoked) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: session
SELECT token_hash, conv_id, creditor_id, subject, assurance, created_ms, seen_ms, expires_ms, revoked FROM session WHERE token_hash = $1

-- name: session_touch
UPDATE session SET seen_ms = $2 WHERE token_hash = $1 AND seen_ms < $2

-- name: sessions_revoke
UPDATE session SET revoked = TRUE WHERE creditor_id = $1 AND subject = $2 AND revoked = FALSE RETURNING conv_id

-- name: token_use
INSERT INTO used_token (creditor_id, jti, expires_ms) VALUES ($1, $2, $3) ON CONFLICT (creditor_id, jti) DO NOTHING

-- name: tokens_forget
-- A token past its end is refused for that alone; it need not be remembered.
DELETE FROM used_token WHERE expires_ms < $1

-- name: agent
SELECT id, login, name, role, password_hash, disabled, created_ms FROM agent WHERE id = $1

-- name: agent_by_login
SELECT id, login, name, role, password_hash, disabled, created_ms FROM agent WHERE login = $1

-- name: agent_insert
INSERT INTO agent (id, login, name, role, password_hash, disabled, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: agent_session_find
SELECT data FROM agent_session WHERE token = $1 AND expiry_ms > $2

-- name: agent_session_put
INSERT INTO agent_session (token, data, expiry_ms) VALUES ($1, $2, $3)
ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry_ms = excluded.expiry_ms

-- name: agent_session_delete
DELETE FROM agent_session WHERE token = $1

-- name: agent_sessions_forget
DELETE FROM agent_session WHERE expiry_ms <= $1

-- name: note_insert
INSERT INTO note (id, conv_id, agent_id, body, at_ms) VALUES ($1, $2, $3, $4, $5)

-- name: notes
SELECT n.id, n.conv_id, n.agent_id, COALESCE(a.name, '') AS agent_name, n.body, n.at_ms
FROM note AS n LEFT JOIN agent AS a ON a.id = n.agent_id WHERE n.conv_id = $1 ORDER BY n.at_ms, n.id

-- name: queue
-- $1 creditor or empty, $2 agent, $3 filter, $4 search as %x% in lower case or empty, $5 limit
SELECT c.id, c.epoch, c.creditor_id, c.debtor_id, c.channel, c.address, c.lang, c.identity, c.control, c.agent_id, c.crisis, c.reason, c.head_seq, c.read_seq, c.recv_seq,
    c.version, c.created_ms, c.updated_ms, c.waiting_ms,
    COALESCE(d.name, '') AS debtor_name,
    COALESCE((SELECT x.debt_type FROM account AS x WHERE x.debtor_id = c.debtor_id AND c.debtor_id <> '' ORDER BY x.due_on, x.id LIMIT 1), '') AS debt_type,
    COALESCE(a.name, '') AS agent_name,
    COALESCE((SELECT m.body FROM message AS m WHERE m.conv_id = c.id AND m.direction = 'in' AND m.author = 'debtor' AND m.body <> '' ORDER BY m.seq DESC LIMIT 1), '') AS last_text,
    COALESCE((SELECT m.author FROM message AS m WHERE m.conv_id = c.id ORDER BY m.seq DESC LIMIT 1), '') AS last_author,
    (SELECT count(*) FROM outbox AS o WHERE o.conv_id = c.id AND o.state IN ('held', 'blocked')) AS held_drafts,
    COALESCE((SELECT h.reason FROM hold AS h WHERE h.subject IN (c.debtor_id, 'conv:' || c.id) AND h.lifted_ms = 0 ORDER BY h.placed_ms DESC LIMIT 1), '') AS hold_reason
FROM conversation AS c LEFT JOIN debtor AS d ON d.id = c.debtor_id LEFT JOIN agent AS a ON a.id = c.agent_id
WHERE c.control <> 'closed' AND ($1 = '' OR c.creditor_id = $1)
    AND ($3 = 'all'
        OR ($3 = 'waiting' AND c.control = 'queue')
        OR ($3 = 'mine' AND c.control = 'agent' AND c.agent_id = $2)
        OR ($3 = 'held' AND EXISTS (SELECT 1 FROM outbox AS o WHERE o.conv_id = c.id AND o.state IN ('held', 'blocked')))
        OR ($3 = 'crisis' AND c.crisis))
    AND ($4 = '' OR lower(COALESCE(d.name, '')) LIKE $4 ESCAPE '!' OR lower(c.id) LIKE $4 ESCAPE '!' OR lower(c.reason) LIKE $4 ESCAPE '!'
        OR EXISTS (SELECT 1 FROM account AS x WHERE x.debtor_id = c.debtor_id AND lower(x.account_no) LIKE $4 ESCAPE '!'))
ORDER BY CASE WHEN c.crisis THEN 0 ELSE 1 END, CASE WHEN c.control = 'queue' THEN 0 ELSE 1 END,
    CASE WHEN c.control = 'queue' THEN c.waiting_ms ELSE -c.updated_ms END, c.id
LIMIT $5

-- name: queue_counts
-- $1 creditor or empty, $2 agent
SELECT count(*) AS total,
    count(*) FILTER (WHERE c.control = 'queue') AS waiting,
    count(*) FILTER (WHERE c.control = 'agent' AND c.agent_id = $2) AS mine,
    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM outbox AS o WHERE o.conv_id = c.id AND o.state IN ('held', 'blocked'))) AS held,
    count(*) FILTER (WHERE c.crisis) AS crisis
FROM conversation AS c WHERE c.control <> 'closed' AND ($1 = '' OR c.creditor_id = $1)
