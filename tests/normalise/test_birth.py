"""Birth dates: every way of writing one, what is left of an incomplete one, and what is none."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.normalise import birth
from correlate.normalise.birth_reading import _plain_codes, _read_any

FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
ENGLISH = "January February March April May June July August September October November December"
SHORT = "JANV FÉVR MARS AVR MAI JUIN JUIL AOÛT SEPT OCT NOV DÉC"
EPOCH = datetime.date(1899, 12, 30)
WRITERS = {
    "dd/mm/yyyy": lambda d: d.strftime("%d/%m/") + f"{d.year}",
    "dd-mm-yyyy": lambda d: d.strftime("%d-%m-") + f"{d.year}",
    "dd.mm.yyyy": lambda d: d.strftime("%d.%m.") + f"{d.year}",
    "dd mm yyyy": lambda d: d.strftime("%d %m ") + f"{d.year}",
    "d/m/yyyy": lambda d: f"{d.day}/{d.month}/{d.year}",
    "yyyy-mm-dd": lambda d: d.isoformat(),
    "yyyy/mm/dd": lambda d: d.isoformat().replace("-", "/"),
    "yyyymmdd": lambda d: d.isoformat().replace("-", ""),
    "ddmmyyyy": lambda d: d.strftime("%d%m") + f"{d.year}",
    "timestamp": lambda d: f"{d.isoformat()}T00:00:00",
    "timestamp with a space": lambda d: f"{d.isoformat()} 00:00:00.000",
    "timestamp with a zone": lambda d: f"{d.isoformat()}T00:00:00+02:00",
    "dd/mm/yyyy hh:mm": lambda d: f"{d.day:02}/{d.month:02}/{d.year} 12:30",
    "French": lambda d: f"{d.day} {FRENCH.split()[d.month - 1]} {d.year}",
    "French, the first": lambda d: f"{d.day}er {FRENCH.split()[d.month - 1].upper()} {d.year}",
    "French with a weekday": lambda d: f"mardi {d.day} {FRENCH.split()[d.month - 1]} {d.year}",
    "French, short": lambda d: f"{d.day:02}-{SHORT.split()[d.month - 1]}.-{d.year}",
    "English": lambda d: f"{ENGLISH.split()[d.month - 1]} {d.day}, {d.year}",
    "English, short": lambda d: f"{d.day:02}{ENGLISH.split()[d.month - 1][:3].upper()}{d.year}",
    "in a sentence": lambda d: f"Né(e) le {d.day:02}/{d.month:02}/{d.year}",
    "with spaces around": lambda d: f"\u00a0{d.day:02}/{d.month:02}/{d.year} ",
}
JUDGED = ("birth_date", "birth_month", "birth_year", "birth_swapped", "precision", "issue")
PARTS = ("year_part", "month_part", "day_part")
BIRTHS = st.dates(datetime.date(1890, 1, 1), datetime.date(2026, 12, 31)).filter(
    lambda d: d != datetime.date(1900, 1, 1)
)
# Days all over the years that can be dates of birth, in every month and on every day of one.
CALENDAR = [datetime.date(1890, 1, 1) + datetime.timedelta(days=days) for days in range(0, 50_000, 53)]
INCOMPLETE = {
    "00/05/1950": ("1950-05", 1950, "month"),
    "1950-05-00": ("1950-05", 1950, "month"),
    "05/1950": ("1950-05", 1950, "month"),
    "1950-05": ("1950-05", 1950, "month"),
    "mai 1950": ("1950-05", 1950, "month"),
    "1950": (None, 1950, "year"),
    "1950.0": (None, 1950, "year"),
    "00/00/1950": (None, 1950, "year"),
    "15/45/1950": (None, 1950, "year"),
    "19500000": (None, 1950, "year"),
    "01/13/1950": (None, 1950, "year"),
}
REFUSED = {
    "30/02/1980": "date-impossible",
    "29/02/1900": "date-impossible",
    "31/04/1980": "date-impossible",
    "32/01/1980": "date-impossible",
    "01/01/1900": "date-placeholder",
    "0000-00-00": "date-placeholder",
    "00/00/0000": "date-placeholder",
    "0001-01-01T00:00:00": "date-placeholder",
    "99/99/9999": "date-placeholder",
    "31/12/1889": "date-too-old",
    "1980-1-0x": "date-unreadable",
    "01/01/2027": "date-future",
    "2027": "date-future",
    "abc": "date-unreadable",
    "12/1980/01": "date-unreadable",
    "décembre": "date-unreadable",
    "29221": "date-unreadable",
    "1/2": "date-unreadable",
    "010180": "date-unreadable",
}


def read(*texts: str | None, **options: object) -> pl.DataFrame:
    return birth.normalise(pl.Series(texts, dtype=pl.String), **options)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_a_date_comes_back_from_every_way_of_writing_it(write):
    frame = read(*map(write, CALENDAR))
    assert frame["birth_date"].to_list() == [date.isoformat() for date in CALENDAR]
    assert frame["birth_month"].to_list() == [date.isoformat()[:7] for date in CALENDAR]
    assert frame["birth_year"].to_list() == [date.year for date in CALENDAR]
    assert set(frame["precision"]) == {"day"}


@given(st.lists(st.tuples(BIRTHS, st.sampled_from(list(WRITERS.values()))), min_size=1, max_size=20))
def test_a_column_may_mix_ways_of_writing(written):
    texts = [write(date) for date, write in written]
    assert read(*texts)["birth_date"].to_list() == [date.isoformat() for date, _ in written]


@pytest.mark.parametrize("mark", ["/", "-", ".", " ", ""])
def test_month_before_day_where_the_column_has_it(mark):
    texts = [f"{date.month:02}{mark}{date.day:02}{mark}{date.year}" for date in CALENDAR]
    assert read(*texts, order="mdy")["birth_date"].to_list() == [date.isoformat() for date in CALENDAR]


@pytest.mark.parametrize("way", ["French", "yyyy-mm-dd", "yyyymmdd", "English"])
def test_names_of_months_and_iso_dates_do_not_hang_on_the_order(way):
    texts = list(map(WRITERS[way], CALENDAR))
    assert read(*texts, order="mdy").rows() == read(*texts).rows()


@given(st.integers(0, 99), st.integers(0, 9999), st.integers(0, 99))
def test_three_numbers_are_a_day_exactly_when_the_calendar_has_it(day, year, month):
    row = read(f"{day:02}/{month:02}/{year:04}").row(0, named=True)
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        assert row["birth_date"] is None
    else:
        usable = datetime.date(1890, 1, 1) <= date <= birth.REFERENCE and date != datetime.date(1900, 1, 1)
        assert row["birth_date"] == (date.isoformat() if usable else None)


@given(BIRTHS)
def test_day_and_month_are_exchanged_where_that_is_another_date(date):
    try:
        swapped = datetime.date(date.year, date.day, date.month).isoformat()
    except ValueError:
        swapped = None
    swapped = None if swapped == date.isoformat() else swapped
    assert read(date.isoformat())["birth_swapped"].item() == swapped


@given(st.integers(1950, 2060), st.integers(0, 99))
def test_a_two_digit_year_is_the_latest_not_after_the_reference(reference, year):
    row = read(f"01/02/{year:02}", reference=datetime.date(reference, 12, 31)).row(0, named=True)
    if row["issue"] is None:
        assert row["birth_year"] % 100 == year
        assert reference - 100 < row["birth_year"] <= reference
    else:
        assert reference - 100 < 1890


def test_the_end_of_the_reference_year_bounds_two_digits_and_its_day_the_future():
    reference = datetime.date(2024, 6, 30)
    frame = read("01/07/24", "30/06/24", "01/01/25", "06/2024", "07/2024", "2024", reference=reference)
    assert frame["issue"].to_list() == ["date-future", None, None, None, "date-future", None]
    assert frame["birth_year"].to_list() == [None, 2024, 1925, 2024, None, 2024]


@pytest.mark.parametrize(("text", "left"), INCOMPLETE.items())
def test_an_incomplete_date_keeps_what_it_tells(text, left):
    month, year, precision = left
    assert read(text).select(JUDGED).row(0) == (None, month, year, None, precision, None)


@pytest.mark.parametrize(("text", "issue"), REFUSED.items())
def test_refuses(text, issue):
    assert read(text).select(JUDGED).row(0) == (None, None, None, None, None, issue)


@pytest.mark.parametrize(
    ("text", "parts"),
    {
        "19870231": (1987, 2, 31),
        "1987-97-31": (1987, None, 31),
        "1987-02-97": (1987, 2, None),
        "31/12/1889": (1889, 12, 31),
        "01/02/2087": (2087, 2, 1),
        "2087": (2087, None, None),
        "00/05/1950": (1950, 5, None),
        "0000-05-12": (None, 5, 12),
        "01/01/1900": (None, None, None),
        "99/99/9999": (None, None, None),
        "abc": (None, None, None),
        " ": (None, None, None),
    }.items(),
)
def test_a_refused_date_keeps_the_parts_that_can_be_right(text, parts):
    assert read(text).select(PARTS).row(0) == parts


@given(st.integers(1, 99), st.integers(1, 9998), st.integers(0, 99))
def test_a_part_is_told_where_it_is_in_range(day, year, month):
    found = read(f"{day:02}/{month:02}/{year:04}", "1/1/1950").row(0, named=True)
    if found["issue"] != "date-placeholder":
        assert found["year_part"] == year
        assert found["month_part"] == (month if 1 <= month <= 12 else None)
        assert found["day_part"] == (day if day <= 31 else None)


@given(BIRTHS)
def test_the_parts_of_a_date_are_the_date_s(date):
    assert read(date.isoformat()).select(PARTS).row(0) == (date.year, date.month, date.day)


@given(st.dates(datetime.date(1500, 1, 1), datetime.date(1889, 12, 31)).filter(lambda d: d.year != 1753))
def test_a_historical_date_is_a_date_where_the_file_is_that_old(date):
    row = read(date.isoformat(), earliest=1500).row(0, named=True)
    assert (row["birth_date"], row["birth_year"], row["issue"]) == (date.isoformat(), date.year, None)
    assert read(date.isoformat())["issue"].item() == "date-too-old"
    assert read("31/12/1499", earliest=1500)["issue"].item() == "date-too-old"


@pytest.mark.parametrize("hour", ["22", "23"])
@pytest.mark.parametrize("zone", ["Z", "+00:00", ".000Z"])
def test_the_evening_before_in_utc_is_midnight_in_france(hour, zone):
    """JavaScript writes a date of birth as the instant of local midnight, told in UTC."""
    frame = read(f"1979-12-31T{hour}:00:00{zone}", f"1980-01-01T{hour}:30:00{zone}")
    assert frame["birth_date"].to_list() == ["1980-01-01", "1980-01-01"]


def test_a_spreadsheet_s_day_number_is_a_date_where_the_column_holds_them():
    dates = [date for date in CALENDAR if date >= datetime.date(1903, 1, 1)]
    texts = [f"{(date - EPOCH).days}" for date in dates]
    assert read(*texts, order="serial")["birth_date"].to_list() == [date.isoformat() for date in dates]


@pytest.mark.parametrize(
    ("sample", "order"),
    [
        (["01/02/1980", "25/12/1980", "1980-12-25"], "dmy"),
        (["01/02/1980", "12/25/1980", "1/2/80"], "mdy"),
        (["25121980"], "dmy"),
        (["12251980", None, ""], "mdy"),
        (["29221", "30000.0", "9999", None], "serial"),
        (["29221", "01/02/1980"], "dmy"),
        (["1980", "1975"], "dmy"),
        (["01/02/1980"], "dmy"),
        ([None], "dmy"),
        ([], "dmy"),
    ],
)
def test_the_order_of_a_column_is_told_by_its_numbers_above_twelve(sample, order):
    assert birth.infer_order(pl.Series(sample, dtype=pl.String)) == order


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("75056", "75056"),
        ("2a004", "2A004"),
        (" 99352 ", "99352"),
        ("Saint-Étienne", "SAINTETIENNE"),
        ("ST ETIENNE (42)", "SAINTETIENNE"),
        ("Paris 12e", "PARIS"),
        ("ALGER, ALGERIE", "ALGER"),
    ],
)
def test_a_place_is_a_code_or_a_folded_name(text, place):
    assert birth.normalise_place(pl.Series([text])).row(0) == (place, None)


@pytest.mark.parametrize(("text", "issue"), [("INCONNU", "place-placeholder"), ("?", "place-unreadable")])
def test_no_place(text, issue):
    assert birth.normalise_place(pl.Series([text])).row(0) == (None, issue)


TEN = st.from_regex(r"[0-9]{2}[ /\-._\\,][0-9]{2}[ /\-._\\,][0-9]{4}", fullmatch=True) | st.from_regex(
    r"[0-9]{4}[ /\-._\\,][0-9]{2}[ /\-._\\,][0-9]{2}", fullmatch=True
)
NEARLY = st.text(alphabet="0189/-. +:TA", min_size=10, max_size=10)


@pytest.mark.parametrize("order", ["dmy", "mdy", "serial"])
@given(cells=st.lists(TEN | NEARLY, min_size=1))
def test_dates_read_by_their_bytes_are_what_the_patterns_read(order, cells):
    values = pl.Series(cells)
    read = pl.DataFrame({"plain": _plain_codes(values, order), "any": _read_any(values, order, 2026)})
    assert read.filter(pl.col("plain").is_not_null() & pl.col("plain").ne_missing(pl.col("any"))).is_empty()
