"""Small random files of synthetic people, in which fields agree, contradict each other, and are junk."""

from __future__ import annotations

import polars as pl
from hypothesis import strategies as st

BLANK = [None, None, "", "  "]
VALUES: dict[str, list[str | None]] = {
    # A man of May 1980 with and without key, a woman of the same month, one of 1953 in Corsica, a provisional
    # number, and numbers that are none.
    "nir": [
        "1800575116001",
        "1 80 05 75 116 001 85",
        "2800575116002",
        "253102A004008",
        "7200575116001",
        "12",
    ],
    "birth_name": ["Dupont", "DUPONT", "Dupond", "Le Gall", "O'Neill", "Durand née Martin", "N/C", "1234"],
    "surname": ["Martin", "LEGALL", "Martin épouse Durand", "Müller", "?"],
    "usage_name": ["Martin", "dupont", "LE GALL", "Veuve Petit"],
    "full_name": ["DUPONT Jean", "Jean DUPONT", "Mme Marie Durand (née Martin)", "Martin", "Le Gall, Anne"],
    "first_name": ["Jean", "JEAN-PIERRE", "J.", "Anne Marie", "Zoé", "test"],
    "sex": ["M", "F", "Mme", "1", "X"],
    "birth_date": [
        "17/05/1980",
        "1980-05-17",
        "05/06/1980",
        "03/10/1953",
        "00/05/1980",
        "31/02/1990",
        "99",
        "1987-97-31",
        "12/05/1750",
    ],
    "birth_year": ["1980", "1953", "80", "x"],
    "email": ["jean@example.org", "JEAN+x@example.org", "anne@example.org", "nobody"],
    "phone": ["06 12 34 56 78", "+33612345678", "0698765432", "0000000000", "12"],
    "iban": ["FR14 2004 1010 0505 0001 3M02 606", "DE89370400440532013000", "FR00"],
    "address": ["SDF", "?", "12 rue de la Paix 75002 Paris", "1 place du Marché", "3 impasse X 20200 Bastia"],
    "postcode": ["75002", "75 011", "2000", "20090", "99999", "abc", "TQ13 8DF", "96000"],
    "city": ["Paris", "BASTIA", "N/A"],
    "birth_place": ["Nantes", "44109", "?"],
    "national_id": ["X4RTBPFW4", "x4-rtb pfw4", "0000", "12"],
    "occupation": ["nurse", "Nurse ", "N/C", "12"],
    "class:PW": ["hunter2"],
    "class:INSURER": ["a mutual"],
}
SEVERAL = {
    "email.2": "email",
    "email.3": "email",
    "phone.2": "phone",
    "iban.2": "iban",
    "class:PW.2": "class:PW",
}
COLUMNS = [*VALUES, *SEVERAL, "keep:id", "not a column of ours"]


def frame_of(rows: list[dict[str, str | None]], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame({c: pl.Series([row[c] for row in rows], dtype=pl.String) for c in columns})


@st.composite
def files(draw: st.DrawFn, *, most: int = 8) -> tuple[list[dict[str, str | None]], list[str]]:
    """Rows and the columns they have: any of the columns, in any order, any value in each."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1, max_size=12))
    row = st.fixed_dictionaries(
        {c: st.sampled_from(VALUES.get(SEVERAL.get(c, c), ["kept"]) + BLANK) for c in columns}
    )
    rows = draw(st.lists(row, max_size=most))
    return [{column: row[column] for column in columns} for row in rows], columns
