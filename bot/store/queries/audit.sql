-- The hash chain.

-- name: audit_head_lock
UPDATE audit_head SET n = n WHERE id = 1 RETURNING n, hash

-- name: audit_head
SELECT n, hash FROM audit_head WHERE id = 1

-- name: audit_insert
-- A trigger moves audit_head along.
INSERT INTO audit (n, id, at_ms, kind, actor, conv_id, verdict, detail, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: audit_after
SELECT n, id, at_ms, kind, actor, conv_id, verdict, detail, prev_hash, hash FROM audit WHERE n > $1 ORDER BY n LIMIT $2

-- name: audit_after_conv
SELECT n, id, at_ms, kind, actor, conv_id, verdict, detail, prev_hash, hash FROM audit WHERE conv_id = $1 AND n > $2 ORDER BY n LIMIT $3
