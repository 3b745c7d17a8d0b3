"""The claims about the reviewed catalogue: its facts, read again from the sources, not from the file."""

from __future__ import annotations

from datetime import date

import pytest

from correlate.catalogue import Catalogue, DateKind, PersonsKind, Scope, Status
from correlate.vocabulary import AttributeClass

# The breaches that expose these classes, as counted when the sources were read.
WITH_NIR = """dedalus-2021 aphp-2021 ameli-2022 adecco-fr-2022 poleemploi-majorel-2023
    viamedis-almerys-2024 francetravail-2024 assuranceretraite-2024 aides-2025 ens-securite-2025
    cerballiance-2025 hopitalloire-2025
    cnfpt-2025 optic2000-2025 ars-hdf-2025 pajemploi-2025 itelis-2025 missionslocales-2025 medecindirect-2025
    passsport-2025 ofii-2026 cnrs-2026 cafrsa-2026 almerys-2026 umanens-2026 mesvaccins-2026 pointvision-2026
    francetravail-2025-10"""
WITH_IBAN = """lapostemobile-2022 adecco-fr-2022 redbysfr-2024 free-2024 directassurance-2024 sfr-2024
    kiabi-2025 aides-2025 laforet-2025 bouygues-2025 cnfpt-2025 francetravail-2025-10 cnrs-2026
    ficoba-2026 basicfit-2026 umanens-2026 revolut-2026"""
COMPILATIONS = """pemiblanc-2018 exploitin-2016 antipublic-2016 collection1-2019 cit0day-2020 nazapi-2023
    telegramcombo-2024 synthient-2025 frenchcitizens-2024"""
SENSITIVE = """aides-2025 mym-2025 badoo-2013 dedalus-2021 aphp-2021 mediboard-2024 cerballiance-2025
    hopitalloire-2025 ars-hdf-2025 itelis-2025 medecindirect-2025 cegedim-2026 mesvaccins-2026 alaxione-2026
    pointvision-2026"""

SOURCES = {
    "bonjourlafuite.eu.org",
    "haveibeenpwned.com, list of 2026-08",
    "haveibeenpwned.com, list of 2025-01",
    "haveibeenpwned.com, additions since 2025-11",
    "haveibeenpwned.com, copy of 2018",
    "recalled, not verified",
    "numerama.com 1815658",
    "CNIL",
    "CNIL, quoted by rtl.be 2024-02-07",
    "Banque de France",
    "L'Usine Digitale",
    "Libération",
    "MGEN, notice on amelipro",
    "RTL",
    "Univers Freebox",
    "cgtadecco",
    "diasporadz",
    "franceinfo",
    "idprotect",
    "neodiffusion",
    "parisparlez",
    "service-public.fr A15209",
    "societe.tech",
}


@pytest.fixture(scope="module")
def shipped():
    return Catalogue.shipped()


def exposing(catalogue, *classes):
    return {breach.id for breach in catalogue if set(classes) <= set(breach.classes)}


def test_it_has_131_breaches_in_the_order_of_their_ids(shipped):
    assert len(shipped) == 131
    assert list(shipped.ids()) == sorted(shipped.ids())
    assert [breach.id for breach in shipped] == list(shipped.ids())


@pytest.mark.parametrize(
    ("breach", "day", "date_kind", "persons", "persons_kind", "n_classes"),
    [
        ("viamedis-almerys-2024", date(2024, 2, 6), "published", 33_000_000, "persons_official", 6),
        ("francetravail-2024", date(2024, 3, 13), "published", 36_800_000, "persons_official", 7),
        ("free-2024", date(2024, 10, 17), "breach", 5_100_000, "persons_reported", 9),
        ("freemobile-2024", date(2024, 10, 17), "breach", 14_100_000, "persons_reported", 9),
        ("bouygues-2025", date(2025, 8, 4), "breach", 6_400_000, "persons_official", 8),
        ("sfr-2024", date(2024, 11, 24), "published", 3_600_000, "persons_claimed", 7),
        ("almerys-2026", date(2026, 5, 23), "published", None, "unknown", 7),
        ("adecco-fr-2022", date(2022, 11, 8), "detected", 72_000, "victims_reported", 4),
        ("ficoba-2026", date(2026, 2, 18), "published", 1_200_000, "accounts_official", 6),
        ("deezer-2019", date(2019, 4, 22), "breach", 229_037_936, "accounts_hibp", 7),
        ("collection1-2019", date(2019, 1, 7), "published", 772_904_991, "accounts_hibp", 2),
        ("synthient-2025", date(2025, 11, 6), "added", 1_957_476_021, "accounts_hibp", 2),
        ("ticketmaster-2024", date(2024, 4, 28), "breach", 560_000_000, "records_claimed", 6),
        ("redbysfr-2024", date(2024, 9, 18), "published", 50_000, "order_of_magnitude", 9),
    ],
)
def test_an_entry_agrees_with_its_sources(shipped, breach, day, date_kind, persons, persons_kind, n_classes):
    entry = shipped.get(breach)
    assert entry.date == day
    assert entry.date_kind is DateKind(date_kind)
    assert entry.persons == persons
    assert entry.persons_kind is PersonsKind(persons_kind)
    assert len(entry.classes) == n_classes


def test_28_breaches_expose_a_nir_and_17_an_iban(shipped):
    assert exposing(shipped, AttributeClass.NIR) == set(WITH_NIR.split())
    assert exposing(shipped, AttributeClass.IBAN) == set(WITH_IBAN.split())


def test_the_two_breaches_of_almerys_give_no_way_to_reach_anyone(shipped):
    for breach in ("viamedis-almerys-2024", "almerys-2026"):
        classes = set(shipped.get(breach).classes)
        assert {AttributeClass.NIR, AttributeClass.DOB, AttributeClass.INSURER} <= classes
        assert not classes & {
            AttributeClass.EMAIL,
            AttributeClass.PHONE,
            AttributeClass.ADDR,
            AttributeClass.IBAN,
        }
    assert AttributeClass.RANK in shipped.get("almerys-2026").classes


def test_what_the_controller_denies_is_not_exposed_and_the_note_keeps_the_contradiction(shipped):
    pajemploi = shipped.get("pajemploi-2025")
    assert AttributeClass.IBAN not in pajemploi.classes
    assert AttributeClass.BANKNAME in pajemploi.classes
    assert "IBAN" in pajemploi.note
    assert "43 million" in shipped.get("francetravail-2024").note


def test_a_class_that_only_one_source_lists_is_doubtful(shipped):
    assert shipped.get("passsport-2025").doubtful == (AttributeClass.NIR,)
    assert set(shipped.get("missionslocales-2025").doubtful) == {
        AttributeClass.EMAIL,
        AttributeClass.PHONE,
        AttributeClass.ADDR,
    }


def test_iban_leaked_for_some_customers_only_at_free_and_sfr(shipped):
    partial = {breach.id for breach in shipped if AttributeClass.IBAN in breach.partial}
    assert partial == {"free-2024", "sfr-2024"}


def test_every_combination_list_is_a_compilation(shipped):
    assert {breach.id for breach in shipped if breach.compilation} == set(COMPILATIONS.split())
    assert all(breach.compilation for breach in shipped if breach.status is Status.combo)


def test_the_french_citizens_file_is_traced_to_the_sources_that_are_known(shipped):
    assert shipped.get("frenchcitizens-2024").lineage == ("ldlc-2024", "sport2000-2024")
    assert shipped.origins("frenchcitizens-2024") == {"ldlc-2024", "sport2000-2024"}
    assert shipped.origins("free-2024") == frozenset()


def test_a_source_is_never_younger_than_what_was_compiled_from_it(shipped):
    for breach in shipped:
        for origin in shipped.origins(breach.id):
            assert shipped.get(origin).date <= breach.date


def test_a_compilation_without_known_sources_says_so(shipped):
    for breach in shipped:
        if breach.compilation and not breach.lineage:
            assert "not known" in breach.note


def test_membership_reveals_health_or_sexual_life_in_the_listed_files_and_the_note_says_why(shipped):
    sensitive = {breach.id for breach in shipped if breach.membership_sensitive}
    assert sensitive == set(SENSITIVE.split())
    assert all("Membership: " in shipped.get(breach).note for breach in sensitive)


def test_every_entry_names_sources_of_the_closed_list_and_each_of_those_is_used(shipped):
    assert {source for breach in shipped for source in breach.sources} == SOURCES
    assert all(breach.sources for breach in shipped)


def test_a_count_by_have_i_been_pwned_names_it_as_a_source(shipped):
    for breach in shipped:
        if breach.persons_kind is PersonsKind.accounts_hibp:
            assert any(source.startswith("haveibeenpwned.com") for source in breach.sources), breach.id
            assert AttributeClass.EMAIL in breach.classes, breach.id


def test_an_id_ends_with_the_year_of_the_date_or_with_year_and_month(shipped):
    for breach in shipped:
        assert breach.id.endswith((f"-{breach.date:%Y}", f"-{breach.date:%Y-%m}")), breach.id


def test_most_entries_are_about_residents_of_france(shipped):
    assert sum(breach.scope is Scope.FR for breach in shipped) > len(shipped) / 2
