"""The truth says what a reader of the files finds, and who is who."""

from __future__ import annotations

import polars as pl
import pytest

from correlate.synthesis import FURTHER_LEAKS, NATION_BREACHES
from correlate.synthesis import LEAKS as WORLD_LEAKS

LEAKS = WORLD_LEAKS | FURTHER_LEAKS

# Written out here, and not taken from the code under test.
CLASSES = {
    "num_secu": {"NIR"}, "nir": {"NIR"}, "nom": {"NAME"}, "prenom": {"NAME"}, "prenoms": {"NAME"},
    "nom_complet": {"NAME"}, "nom_naissance": {"NAME", "BIRTHNAME"}, "nom_usage": {"NAME", "USAGENAME"},
    "date_naissance": {"DOB"}, "annee_naissance": {"YOB"}, "lieu_naissance": {"POB"},
    "dept_naissance": {"POBDEP"}, "sexe": {"SEX"}, "rang_naissance": {"RANK"}, "email": {"EMAIL"},
    "telephone": {"PHONE"}, "adresse": {"ADDR"}, "code_postal": {"ZIP"}, "ville": {"ZIP"}, "iban": {"IBAN"},
    "banque": {"BANKNAME"},
    "assureur": {"INSURER"},
    "numero_contrat": {"POLICY"}, "date_debut_contrat": {"POLICYDATES"}, "ayants_droit": {"FAMILY"},
    "identifiant_france_travail": {"FTID"}, "operateur": {"OPERATOR"}, "type_forfait": {"TELCONTRACT"},
    "mot_de_passe": {"PW"}, "hash_mdp": {"PWHASH"}, "pseudo": {"USER"}, "adresse_ip": {"IP"},
    "geolocalisation": {"GEO"}, "numero_urssaf": {"URSSAFID"}, "numero_fiscal": {"FISCALID"}, "ine": {"INE"},
    "numero_allocataire": {"CAFID"}, "commandes": {"PURCH"}, "immatriculation": {"PLATE"},
    "revenus": {"INCOME"}, "employeur": {"EMPLOYER"}, "situation_familiale": {"MARITAL"},
    "pathologie": {"HEALTH"}, "situation_professionnelle": {"EMPSTATUS"},
}  # fmt: skip


@pytest.fixture(params=sorted(LEAKS))
def breach(request):
    return request.param


@pytest.fixture
def rows(directory, breach):
    return pl.read_parquet(directory / "breaches" / f"{breach}.parquet")


@pytest.fixture
def facts(truth, breach):
    return truth.filter(pl.col("breach") == breach)


def test_every_row_has_its_truth_in_order(rows, facts):
    assert facts["row"].to_list() == list(range(1, rows.height + 1))
    assert set(rows.dtypes) == {pl.String}


def test_a_class_is_out_when_a_column_of_it_has_a_value(rows, facts):
    for row, classes in zip(rows.iter_rows(named=True), facts["classes"], strict=True):
        read = set().union(*(CLASSES[header] for header, value in row.items() if value is not None))
        assert set(classes) == read


def test_no_value_is_blank(rows):
    assert rows.height == 0 or max((column.str.strip_chars() == "").sum() for column in rows) == 0


def test_only_files_of_families_bear_the_nir_of_another(facts, breach):
    others = facts.filter(pl.col("relation") != "person")
    assert set(others["relation"]) <= {"household-nir"}
    if not LEAKS[breach].family_nir:
        assert others.is_empty()


def test_a_nir_of_the_household_is_an_adults_in_the_same_household(directory, truth):
    """The bearer is found by reading the NIRs of the file, not by the generator's own arrays."""
    people = pl.read_parquet(directory / "people.parquet")
    rows = pl.read_parquet(directory / "breaches" / "almerys-2026.parquet").with_row_index("row", offset=1)
    facts = truth.filter(pl.col("breach") == "almerys-2026").with_columns(pl.col("row").cast(pl.UInt32))
    joined = rows.join(facts, on="row").join(people, on="person_id")
    joined = joined.with_columns(number=pl.col("nir").str.replace_all(" ", "").str.slice(0, 13))
    own = joined.filter(pl.col("relation") == "person").select(
        "number", adult="household_id", year="birth_year"
    )
    under = joined.filter(pl.col("relation") == "household-nir").join(own, on="number")
    assert under.height > 20
    assert (under["household_id"] == under["adult"]).mean() > 0.99
    assert (under["birth_year"] - under["year"]).min() >= 15


def test_members_are_the_subjects(directory, truth):
    people = pl.read_parquet(directory / "people.parquet")
    subjects = pl.read_parquet(directory / "subjects.parquet")
    members = people["member_id"].drop_nulls()
    assert members.n_unique() == len(members) == subjects.height
    assert set(members) == set(subjects["member_id"])
    joined = truth.join(people, on="person_id", suffix="_of_person")
    assert joined["member_id"].eq_missing(joined["member_id_of_person"]).all()
    order = subjects["member_id"].to_list()
    assert order != sorted(order)


def test_rows_are_about_who_the_truth_says(directory, truth):
    """The NIR read in France Travail's rows gives the year and sex of the person named in the truth."""
    people = pl.read_parquet(directory / "people.parquet")
    rows = pl.read_parquet(directory / "breaches" / "francetravail-2024.parquet").with_row_index(
        "row", offset=1
    )
    facts = truth.filter(pl.col("breach") == "francetravail-2024").with_columns(pl.col("row").cast(pl.UInt32))
    joined = rows.join(facts, on="row").join(people, on="person_id").drop_nulls("nir")
    number = joined["nir"].str.replace_all(" ", "")
    agree = (number.str.slice(0, 1).replace_strict({"1": "M", "2": "F"}, default=None) == joined["sex"]) & (
        number.str.slice(1, 2).cast(pl.Int64, strict=False) == joined["birth_year"] % 100
    )
    assert agree.mean() > 0.99


def test_coverage_is_near_what_was_declared(truth):
    counts = truth.group_by("breach").agg(pl.col("person_id").n_unique())
    found = dict(counts.iter_rows())
    for breach, share in (("viamedis-almerys-2024", 0.48), ("francetravail-2024", 0.53), ("free-2024", 0.21)):
        assert abs(found[breach] / 6_000 - share) < 0.035


def test_a_nation_leaks_two_rows_and_a_quarter_a_person(truth):
    """66 million people then leave 150 million rows, give or take the chance of so small a set."""
    rows = truth.filter(pl.col("breach").is_in(NATION_BREACHES)).height
    assert rows / 6_000 == pytest.approx(150 / 66, rel=0.04)


@pytest.mark.parametrize(
    ("breach", "share"),
    [
        ("facebook-2019", 20 / 68.95),
        ("cegedim-2026", 15 / 68.95),
        ("urssaf-dpae-2026", 12 / 68.95),
        ("poleemploi-majorel-2023", 10 / 68.95),
    ],
)
def test_as_many_are_in_a_file_of_the_nation_as_the_catalogue_or_the_press_counted(truth, breach, share):
    found = truth.filter(pl.col("breach") == breach)["person_id"].n_unique()
    assert found / 6_000 == pytest.approx(share, abs=4 * (share * (1 - share) / 6_000) ** 0.5)


def test_the_file_gathered_by_telephone_has_one_in_every_row(directory):
    rows = pl.read_parquet(directory / "breaches" / "facebook-2019.parquet")
    assert rows["telephone"].str.starts_with("+33").all()
    assert rows["email"].is_not_null().mean() < 0.03
    assert rows["date_naissance"].is_not_null().mean() < 0.1


def test_an_employer_has_the_number_of_the_letters_sent_to_work(directory, truth):
    """By the truth alone: rows of two files of one time about one person."""
    known = truth.filter(pl.col("breach") == "urssaf-dpae-2026").select("row", "person_id")
    hired = pl.read_parquet(directory / "breaches" / "urssaf-dpae-2026.parquet").with_row_index(
        "row", offset=1
    )
    hired = known.with_columns(pl.col("row").cast(pl.UInt32)).join(hired, on="row")
    subjects = pl.read_parquet(directory / "subjects.parquet").select("member_id", "email")
    people = pl.read_parquet(directory / "people.parquet").select("person_id", "member_id")
    both = hired.join(people, on="person_id").join(subjects, on="member_id")
    both = both.with_columns(
        at=pl.col("email").str.extract(r"@entreprise-(\d{3})\."),
        firm=pl.col("employeur").str.extract(r"(\d{3})$"),
    ).drop_nulls("at")
    assert both.height > 5
    assert (both["at"] == both["firm"]).mean() > 0.5
