-- Tokens that repeat are kept once, as numbered forms; a record holds numbers instead. 0 is no form: none of
-- its tokens is known.

CREATE TABLE name_form (no INTEGER NOT NULL, surname BIGINT, phonetic BIGINT, surname_sketch BIGINT);
CREATE TABLE other_name_form (no INTEGER NOT NULL, surname_alt BIGINT, phonetic_alt BIGINT);
CREATE TABLE first_name_form (
    no INTEGER NOT NULL, first_name BIGINT, first_phonetic BIGINT, first_initial BIGINT, first_sketch BIGINT
);
CREATE TABLE birth_form (
    no INTEGER NOT NULL, birth_date BIGINT, birth_yymm BIGINT, birth_yydd BIGINT, birth_mmdd BIGINT
);
CREATE TABLE home_form (
    no INTEGER NOT NULL, postcode BIGINT, department BIGINT, city BIGINT, city_sketch BIGINT
);
CREATE TABLE birth_place_form (no INTEGER NOT NULL, birth_place BIGINT);
CREATE TABLE sex_form (no INTEGER NOT NULL, sex BIGINT);
CREATE TABLE occupation_form (no INTEGER NOT NULL, occupation BIGINT);

ALTER TABLE record RENAME TO wide_record;

CREATE TABLE record (
    record_id BIGINT NOT NULL,
    breach_no SMALLINT NOT NULL,
    class_set_no INTEGER NOT NULL,
    nir_own BOOLEAN NOT NULL,
    nir BIGINT,
    national_id BIGINT,
    email BIGINT,
    email_alt BIGINT,
    phone BIGINT,
    phone_alt BIGINT,
    iban BIGINT,
    street BIGINT,
    street_sketch BIGINT,
    name_no INTEGER NOT NULL,
    other_name_no INTEGER NOT NULL,
    first_name_no INTEGER NOT NULL,
    birth_no INTEGER NOT NULL,
    home_no INTEGER NOT NULL,
    birth_place_no INTEGER NOT NULL,
    sex_no INTEGER NOT NULL,
    occupation_no INTEGER NOT NULL
);

INSERT INTO name_form
SELECT row_number() OVER (), surname, phonetic, surname_sketch
FROM (SELECT DISTINCT surname, phonetic, surname_sketch FROM wide_record)
WHERE coalesce(surname, phonetic, surname_sketch) IS NOT NULL;

INSERT INTO other_name_form
SELECT row_number() OVER (), surname_alt, phonetic_alt
FROM (SELECT DISTINCT surname_alt, phonetic_alt FROM wide_record)
WHERE coalesce(surname_alt, phonetic_alt) IS NOT NULL;

INSERT INTO first_name_form
SELECT row_number() OVER (), first_name, first_phonetic, first_initial, first_sketch
FROM (SELECT DISTINCT first_name, first_phonetic, first_initial, first_sketch FROM wide_record)
WHERE coalesce(first_name, first_phonetic, first_initial, first_sketch) IS NOT NULL;

INSERT INTO birth_form
SELECT row_number() OVER (), birth_date, birth_yymm, birth_yydd, birth_mmdd
FROM (SELECT DISTINCT birth_date, birth_yymm, birth_yydd, birth_mmdd FROM wide_record)
WHERE coalesce(birth_date, birth_yymm, birth_yydd, birth_mmdd) IS NOT NULL;

INSERT INTO home_form
SELECT row_number() OVER (), postcode, department, city, city_sketch
FROM (SELECT DISTINCT postcode, department, city, city_sketch FROM wide_record)
WHERE coalesce(postcode, department, city, city_sketch) IS NOT NULL;

INSERT INTO birth_place_form
SELECT row_number() OVER (), birth_place
FROM (SELECT DISTINCT birth_place FROM wide_record) WHERE birth_place IS NOT NULL;

INSERT INTO sex_form
SELECT row_number() OVER (), sex
FROM (SELECT DISTINCT sex FROM wide_record) WHERE sex IS NOT NULL;

INSERT INTO occupation_form
SELECT row_number() OVER (), occupation
FROM (SELECT DISTINCT occupation FROM wide_record) WHERE occupation IS NOT NULL;

INSERT INTO record
SELECT
    record_id, breach_no, class_set_no, nir_own, nir, national_id, email, email_alt, phone, phone_alt, iban,
    wide.street, wide.street_sketch,
    coalesce(name_form.no, 0), coalesce(other_name_form.no, 0), coalesce(first_name_form.no, 0),
    coalesce(birth_form.no, 0), coalesce(home_form.no, 0), coalesce(birth_place_form.no, 0),
    coalesce(sex_form.no, 0), coalesce(occupation_form.no, 0)
FROM wide_record AS wide
LEFT JOIN name_form
    ON name_form.surname IS NOT DISTINCT FROM wide.surname
    AND name_form.phonetic IS NOT DISTINCT FROM wide.phonetic
    AND name_form.surname_sketch IS NOT DISTINCT FROM wide.surname_sketch
LEFT JOIN other_name_form
    ON other_name_form.surname_alt IS NOT DISTINCT FROM wide.surname_alt
    AND other_name_form.phonetic_alt IS NOT DISTINCT FROM wide.phonetic_alt
LEFT JOIN first_name_form
    ON first_name_form.first_name IS NOT DISTINCT FROM wide.first_name
    AND first_name_form.first_phonetic IS NOT DISTINCT FROM wide.first_phonetic
    AND first_name_form.first_initial IS NOT DISTINCT FROM wide.first_initial
    AND first_name_form.first_sketch IS NOT DISTINCT FROM wide.first_sketch
LEFT JOIN birth_form
    ON birth_form.birth_date IS NOT DISTINCT FROM wide.birth_date
    AND birth_form.birth_yymm IS NOT DISTINCT FROM wide.birth_yymm
    AND birth_form.birth_yydd IS NOT DISTINCT FROM wide.birth_yydd
    AND birth_form.birth_mmdd IS NOT DISTINCT FROM wide.birth_mmdd
LEFT JOIN home_form
    ON home_form.postcode IS NOT DISTINCT FROM wide.postcode
    AND home_form.department IS NOT DISTINCT FROM wide.department
    AND home_form.city IS NOT DISTINCT FROM wide.city
    AND home_form.city_sketch IS NOT DISTINCT FROM wide.city_sketch
LEFT JOIN birth_place_form ON birth_place_form.birth_place IS NOT DISTINCT FROM wide.birth_place
LEFT JOIN sex_form ON sex_form.sex IS NOT DISTINCT FROM wide.sex
LEFT JOIN occupation_form ON occupation_form.occupation IS NOT DISTINCT FROM wide.occupation;

DROP TABLE wide_record;

-- The records with their tokens, as comparing needs them.
CREATE VIEW record_token AS
SELECT
    record_id, breach_no, class_set_no, nir_own,
    nir, national_id, surname, surname_alt, phonetic, phonetic_alt, surname_sketch,
    first_name, first_phonetic, first_initial, first_sketch,
    birth_date, birth_yymm, birth_yydd, birth_mmdd, birth_place, sex,
    email, email_alt, phone, phone_alt, iban,
    postcode, department, city, city_sketch, street, street_sketch, occupation
FROM record
LEFT JOIN name_form ON name_form.no = name_no
LEFT JOIN other_name_form ON other_name_form.no = other_name_no
LEFT JOIN first_name_form ON first_name_form.no = first_name_no
LEFT JOIN birth_form ON birth_form.no = birth_no
LEFT JOIN home_form ON home_form.no = home_no
LEFT JOIN birth_place_form ON birth_place_form.no = birth_place_no
LEFT JOIN sex_form ON sex_form.no = sex_no
LEFT JOIN occupation_form ON occupation_form.no = occupation_no;
