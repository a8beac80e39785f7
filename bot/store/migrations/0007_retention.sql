-- +goose Up

-- What people sent is not kept for ever, and a refusal of a time before origins were kept can be taken back by whoever made it.

ALTER TABLE attachment ADD COLUMN deleted_ms BIGINT NOT NULL DEFAULT 0; -- when its time was over; its state is gone then
CREATE INDEX attachment_kept ON attachment (created_ms, id) WHERE state = 'kept';

-- A word of refusal silenced, at one moment, a number and all that was known to stand behind it. Where one number alone was silenced at
-- that moment, and the record knows of no other refusal, wrong number or leaving by the same thread or person, the number is the origin.
UPDATE suppression SET origin = (
    SELECT substr(h.subject, 6) FROM suppression AS h
    WHERE h.creditor_id = suppression.creditor_id AND h.since_ms = suppression.since_ms AND h.subject LIKE 'hash:%')
WHERE origin = '' AND reason IN ('opt_out', 'opt_out_at_peer')
    AND 1 = (SELECT count(*) FROM suppression AS h
        WHERE h.creditor_id = suppression.creditor_id AND h.since_ms = suppression.since_ms AND h.subject LIKE 'hash:%')
    AND 1 >= (SELECT count(*) FROM audit AS l JOIN conversation AS c ON c.id = l.conv_id
        WHERE l.kind IN ('opt_out', 'contact_blocked', 'channel_left') AND c.creditor_id = suppression.creditor_id
            AND ('conv:' || c.id = suppression.subject OR (c.debtor_id <> '' AND c.debtor_id = suppression.subject)
                OR EXISTS (SELECT 1 FROM address AS a WHERE a.debtor_id = suppression.subject AND (a.conv_id = c.id OR a.id = c.address))
                OR 'addr:' || c.address = suppression.subject
                OR EXISTS (SELECT 1 FROM address AS a WHERE 'hash:' || a.hash = suppression.subject AND (a.conv_id = c.id OR a.id = c.address))));
