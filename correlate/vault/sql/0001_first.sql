-- What a vault is: its key's name, where its rows came from, tokens. No value of any person.

CREATE TABLE meta (
    name VARCHAR PRIMARY KEY,
    content VARCHAR NOT NULL
);

CREATE TABLE breach (
    breach_no SMALLINT PRIMARY KEY,
    breach VARCHAR NOT NULL UNIQUE
);

-- One row a file: its checksum is how the same file is recognised.
CREATE TABLE file (
    file_no INTEGER PRIMARY KEY,
    breach_no SMALLINT NOT NULL,
    name VARCHAR NOT NULL,
    checksum VARCHAR NOT NULL UNIQUE,
    size_bytes BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_accepted BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL
);

-- Rows of one file mostly expose the same classes: each set stands once.
CREATE TABLE class_set (
    class_set_no INTEGER PRIMARY KEY,
    classes VARCHAR NOT NULL UNIQUE
);

-- record_id holds the file and the row in it: file_no * 2^40 + row.
CREATE TABLE record (
    record_id BIGINT NOT NULL,
    breach_no SMALLINT NOT NULL,
    class_set_no INTEGER NOT NULL,
    nir_own BOOLEAN NOT NULL,
    nir BIGINT,
    national_id BIGINT,
    surname BIGINT,
    surname_alt BIGINT,
    phonetic BIGINT,
    phonetic_alt BIGINT,
    surname_sketch BIGINT,
    first_name BIGINT,
    first_phonetic BIGINT,
    first_initial BIGINT,
    first_sketch BIGINT,
    birth_date BIGINT,
    birth_yymm BIGINT,
    birth_yydd BIGINT,
    birth_mmdd BIGINT,
    birth_place BIGINT,
    sex BIGINT,
    email BIGINT,
    email_alt BIGINT,
    phone BIGINT,
    phone_alt BIGINT,
    iban BIGINT,
    postcode BIGINT,
    department BIGINT,
    city BIGINT,
    city_sketch BIGINT,
    street BIGINT,
    street_sketch BIGINT,
    occupation BIGINT
);

CREATE TABLE link_key (
    key BIGINT NOT NULL,
    record_id BIGINT NOT NULL
);

-- How many records bear a token of a field whose values repeat; token 0 counts the records that have any.
CREATE TABLE term (
    field VARCHAR NOT NULL,
    token BIGINT NOT NULL,
    records BIGINT NOT NULL
);
