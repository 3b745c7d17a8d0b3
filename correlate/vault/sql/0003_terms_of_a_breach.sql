-- Term frequencies by breach: what one breach says of how common a name is does not move when another comes in.

DROP TABLE term;

CREATE TABLE term (
    breach_no SMALLINT NOT NULL,
    field VARCHAR NOT NULL,
    token BIGINT NOT NULL,
    records BIGINT NOT NULL
);

INSERT INTO term
WITH counted AS (
    SELECT breach_no, 'surname' AS field, surname AS token FROM record_token
    UNION ALL SELECT breach_no, 'surname', surname_alt FROM record_token
    UNION ALL SELECT breach_no, 'first_name', first_name FROM record_token
    UNION ALL SELECT breach_no, 'birth_date', birth_date FROM record_token
    UNION ALL SELECT breach_no, 'birth_place', birth_place FROM record_token
    UNION ALL SELECT breach_no, 'postcode', postcode FROM record_token
    UNION ALL SELECT breach_no, 'city', city FROM record_token
    UNION ALL SELECT breach_no, 'occupation', occupation FROM record_token
),
total AS (
    SELECT breach_no, 'surname' AS field, surname AS token FROM record_token
    UNION ALL SELECT breach_no, 'first_name', first_name FROM record_token
    UNION ALL SELECT breach_no, 'birth_date', birth_date FROM record_token
    UNION ALL SELECT breach_no, 'birth_place', birth_place FROM record_token
    UNION ALL SELECT breach_no, 'postcode', postcode FROM record_token
    UNION ALL SELECT breach_no, 'city', city FROM record_token
    UNION ALL SELECT breach_no, 'occupation', occupation FROM record_token
)
SELECT breach_no, field, token, count(*) FROM counted WHERE token IS NOT NULL GROUP BY ALL
UNION ALL
SELECT breach_no, field, 0, count(*) FROM total WHERE token IS NOT NULL GROUP BY ALL
ORDER BY breach_no, token, field;

-- What a later run tells this vault by; and no file gets the number of one that was removed.
INSERT INTO meta VALUES ('vault_id', uuid()::VARCHAR);
INSERT INTO meta SELECT 'last_file_no', coalesce(max(file_no), 0)::VARCHAR FROM file;
