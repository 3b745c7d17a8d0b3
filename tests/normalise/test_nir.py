"""The NIR: published vectors, what a number reveals, and the rules it can break."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.normalise import nir

# Published test numbers of the libraries and validators named, with the few edge cases that none
# of them has, computed by hand.
VALID = {
    "295109912611193": "python-stdnum, born abroad",
    "253072B07300470": "python-stdnum, Haute-Corse",
    "253072A07300443": "python-stdnum, Corse-du-Sud",
    "186022A21532523": "stdnum-js",
    "255081416802538": "nir_validate and the health insurance's validator",
    "255082A16802597": "nir_validate, key 97",
    "284058832102532": "health insurance",
    "284052A32102552": "health insurance",
    "284052B32102579": "health insurance",
    "284202B32102528": "health insurance, month 20",
    "284992B32102531": "health insurance, month 99",
    "294037512000591": "health insurance, Paris 20e",
    "153124500723160": "health insurance",
    "223115935012322": "nir-kata",
    "200029923123486": "nir-kata, foreign",
    "254031088723464": "nir-kata",
    "195017262676215": "nir-kata",
    "155053933981739": "nir-kata",
    "106099955391094": "nir-kata, foreign",
    "221035671987783": "nir-kata",
    "171108279305362": "nir-kata",
    "278056933908941": "french-ssn",
    "289047834216349": "french-ssn",
    "289047834221297": "french-ssn, key 97",
    "289047834221101": "french-ssn, key 01",
    "289047834221002": "french-ssn, key 02",
    "289042A34216390": "french-ssn",
    "289042B34216320": "french-ssn",
    "178059933010817": "french-ssn, foreign",
    "269054958815780": "numero-securitesociale",
    "184127645108946": "a public gist",
    "276077486589537": "Talend documentation",
    "175022000400111": "Corsica while it was department 20",
    "281059710501227": "Guadeloupe, commune of two digits",
    "162079935208995": "Algeria as a country",
    "155079111200383": "Algeria as department 91",
    "299317512004560": "month 31",
    "100207505600156": "month 20",
    "299129999099987": "country 990",
}
INVALID = {
    "123456789012311": "nir-month",  # the key is right
    "295109912611199": "nir-key",
    "253072C07300443": "nir-characters",
    "6546546546546703": "nir-length",
    "284058832102530": "nir-key",  # a misprint in a README: 32 is right
    "194073765893575": "nir-key",  # a gist: 69 is right
    "255081416802539": "nir-key",
    "255081416802500": "nir-key",
    "2230": "nir-length",
    "323115935012322": "nir-sex",
    "2ab115935012322": "nir-characters",
    "223ab5935012322": "nir-characters",
    "223145935012322": "nir-month",
    "223005935012322": "nir-month",
    "22311xx35012322": "nir-characters",
    "223119635012322": "nir-key",
    "2231159zzz12322": "nir-characters",
    "2231159123zzz22": "nir-characters",
    "223115935012321": "nir-key",
    "2231159350123221": "nir-length",
    "7012312345678": "nir-provisional",
    "5312312345678": "nir-provisional",
}
COLUMNS = ["nir", "kind", "sex", "birth_year", "birth_month", "birth_place", "issue"]


def read(*values: str | None) -> pl.DataFrame:
    return nir.normalise(pl.Series(values, dtype=pl.String))


def with_key(body: str) -> str:
    digits = body.replace("2A", "19").replace("2B", "18") if body[5:7] in {"2A", "2B"} else body
    return body + f"{97 - int(digits) % 97:02d}"


@pytest.mark.parametrize("number", VALID, ids=VALID.get)
def test_published_valid_numbers_are_read_with_and_without_their_key(number: str) -> None:
    frame = read(number, number[:13])
    assert frame["nir"].to_list() == [number[:13]] * 2
    assert frame["kind"].to_list() == ["nir"] * 2
    assert frame["issue"].to_list() == [None] * 2


@pytest.mark.parametrize(("number", "issue"), INVALID.items(), ids=INVALID)
def test_published_invalid_numbers_keep_only_their_issue(number: str, issue: str) -> None:
    assert read(number).row(0) == (None, None, None, None, None, None, issue)


@pytest.mark.parametrize(
    ("number", "kind", "sex"),
    [
        ("7112312345678", "nnp", "M"),
        ("8278965432189", "nnp", "F"),
        ("5112312345678", "mig", None),
        ("6278965432189", "mig", None),
        ("6144100008502", "mig", None),
    ],
)
def test_provisional_numbers_tell_a_kind_and_never_a_date_or_a_place(number, kind, sex) -> None:
    expected = (number, kind, sex, None, None, None, None)
    assert read(number).row(0) == expected
    assert read(with_key(number)).row(0) == expected
    assert read(number + "00")["issue"].item() == "nir-key"


@pytest.mark.parametrize(
    "spelling",
    [
        "2 55 08 14 168 025 38",
        "2.55.08.14.168.025.38",
        "2-55-08-14-168-025-38",
        "2\u00a055\u00a008\u00a014\u00a0168\u00a0025\u00a038",
        "2\u202f55\u202f08\u202f14\u202f168\u202f025\u202f38",
        "  255081416802538\t",
        "2550814168025 / 38",
        "'255081416802538",
        "255081416802538.0",
        "２５５０８１４１６８０２５３８",  # noqa: RUF001
        "255\u200b081416802538",
    ],
)
def test_separators_and_what_spreadsheets_add_do_not_matter(spelling: str) -> None:
    assert read(spelling)["nir"].item() == "2550814168025"


def test_the_letter_of_corsica_is_read_in_either_case_and_kept_in_upper_case() -> None:
    frame = read("253072a07300443", "2 53 07 2b 073 004 70", "253072A073004")
    assert frame["nir"].to_list() == ["253072A073004", "253072B073004", "253072A073004"]
    assert frame["birth_place"].to_list() == ["2A073", "2B073", "2A073"]


@pytest.mark.parametrize(
    ("number", "revealed"),
    [
        ("255081416802538", ("F", 55, 8, "14168")),
        ("184127645108946", ("M", 84, 12, "76451")),
        ("295109912611193", ("F", 95, 10, "99126")),
        ("281059710501227", ("F", 81, 5, "97105")),
        ("175022000400111", ("M", 75, 2, "20004")),
        ("200029923123486", ("F", 0, 2, "99231")),
    ],
)
def test_a_number_reveals_sex_year_month_and_place_of_birth(number: str, revealed: tuple) -> None:
    assert read(number).row(0)[2:6] == revealed


@pytest.mark.parametrize(
    ("code", "month"),
    [
        ("01", 1),
        ("12", 12),
        ("31", 1),
        ("36", 6),
        ("42", 12),
        ("20", None),
        ("30", None),
        ("50", None),
        ("99", None),
    ],
)
def test_month_codes_31_to_42_hide_a_month_and_the_other_codes_none(code: str, month: int | None) -> None:
    frame = read(f"184{code}76451089")
    assert frame["issue"].item() is None
    assert frame["birth_month"].item() == month


@pytest.mark.parametrize(
    ("body", "issue"),
    [
        ("0550814168025", "nir-sex"),
        ("3550814168025", "nir-sex"),
        ("4550814168025", "nir-sex"),
        ("9550814168025", "nir-sex"),
        ("2550014168025", "nir-month"),
        ("2551314168025", "nir-month"),
        ("2551914168025", "nir-month"),
        ("2554314168025", "nir-month"),
        ("2554914168025", "nir-month"),
        ("2550800168025", "nir-place"),
        ("2550814000025", "nir-commune"),
        ("2550814991025", "nir-commune"),
        ("2550897100025", "nir-commune"),
        ("2550897191025", "nir-commune"),
        ("2550899000025", "nir-commune"),
        ("2550814168000", "nir-order"),
    ],
)
def test_each_rule_of_structure_has_its_issue_though_the_key_is_right(body: str, issue: str) -> None:
    assert read(with_key(body))["issue"].item() == issue
    assert read(body)["issue"].item() == issue


def test_two_letters_count_only_in_the_place_of_the_department() -> None:
    assert read("2A5081416802538")["issue"].item() == "nir-characters"
    assert read("255081416802A38")["issue"].item() == "nir-characters"
    assert read("253072A07300A43")["issue"].item() == "nir-characters"


def test_a_sign_is_no_digit() -> None:
    frame = read("+55081416802538", "-55081416802538", "25508141680+538", "25508141680-538", "+53072A073004")
    assert frame["nir"].to_list() == [None] * 5


@pytest.mark.parametrize("blank", [None, "", "  ", "\u00a0", " - ", "."])
def test_blank_in_gives_blank_out_without_an_issue(blank: str | None) -> None:
    assert read(blank).row(0) == (None,) * 7


def test_the_frame_has_the_columns_and_types_promised_even_when_empty() -> None:
    schema = read().schema
    assert list(schema) == COLUMNS
    assert schema["birth_year"] == pl.Int16
    assert schema["birth_month"] == pl.Int8
    assert schema == read("255081416802538", None).schema
    assert nir.normalise(pl.Series([None, None])).schema == schema


def test_the_column_given_is_left_as_it_was() -> None:
    values = pl.Series("n", ["255081416802538", "2 53 07 2b 073 004 70", None])
    before = values.to_list()
    nir.normalise(values)
    assert values.to_list() == before


def test_key_of_13_characters_and_null_for_anything_else() -> None:
    bodies = pl.Series([number[:13] for number in VALID])
    assert nir.key(bodies).to_list() == [number[13:] for number in VALID]
    assert (
        nir.key(pl.Series(["255081416802538", "", "2A50814168025", None, "-255081416802"])).to_list()
        == [None] * 5
    )
