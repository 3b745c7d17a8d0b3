-- Term frequencies by breach: what one breach says of how common a name is does not move when another comes in.

DROP TABLE term;

CREATE TABLE term (
    breach_no SMALLINT NOT NULL,
    field VARCHAR NOT NULL,
    token BIGINT NOT NULL,
    records BIGINT NOT NULL
);

-- A field is had where its first column is.
INSERT INTO term
WITH counted AS (
    SELECT breach_no, 'surname' AS field, surname AS token, true AS first FROM record_token
    UNION ALL SELECT breach_no, 'surname', surname_alt, false FROM record_token
    UNION ALL SELECT breach_no, 'first_name', first_name, true FROM record_token
    UNION ALL SELECT breach_no, 'birth_date', birth_date, true FROM record_token
    UNION ALL SELECT breach_no, 'birth_place', birth_place, true FROM record_token
    UNION ALL SELECT breach_no, 'postcode', postcode, true FROM record_token
    UNION ALL SELECT breach_no, 'city', city, true FROM record_token
    UNION ALL SELECT breach_no, 'occupation', occupation, true FROM record_token
)
SELECT breach_no, field, token, count(*) FROM counted WHERE token IS NOT NULL
GROUP BY breach_no, field, token
UNION ALL
SELECT breach_no, field, 0, count(*) FROM counted WHERE token IS NOT NULL AND first GROUP BY breach_no, field
ORDER BY breach_no, token, field;

-- What a later run tells this vault by; and no file gets the number of one that was removed.
INSERT INTO meta VALUES ('vault_id', uuid()::VARCHAR);
INSERT INTO meta SELECT 'last_file_no', coalesce(max(file_no), 0)::VARCHAR FROM file;
