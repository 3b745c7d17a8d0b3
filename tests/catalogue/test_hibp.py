"""The claims about lists of Have I Been Pwned (API v3)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from correlate.catalogue import Catalogue, CatalogueError, PersonsKind, Scope, Status
from correlate.catalogue.hibp import is_hibp, parse_hibp
from correlate.vocabulary import AttributeClass as A

FILE = Path("breaches.json")


def row(**changes):
    """One invented breach with every field of the v3 model."""
    return {
        "Name": "ExampleShop",
        "Title": "Example Shop",
        "Domain": "exampleshop.fr",
        "BreachDate": "2025-03-04",
        "AddedDate": "2025-04-01T00:00:00Z",
        "ModifiedDate": "2025-04-01T00:00:00Z",
        "PwnCount": 12345,
        "Description": "In March 2025 <a href='x'>a shop</a> lost data, with bcrypt hashes of passwords.",
        "LogoPath": "https://logos.example/ExampleShop.png",
        "Attribution": None,
        "DisclosureUrl": None,
        "DataClasses": ["Dates of birth", "Email addresses", "IQ levels", "Names", "Passwords"],
        "IsVerified": True,
        "IsFabricated": False,
        "IsSensitive": False,
        "IsRetired": False,
        "IsSpamList": False,
        "IsMalware": False,
        "IsSubscriptionFree": False,
        "IsStealerLog": False,
        **changes,
    }


def parse(*rows, reviewed=()):
    return parse_hibp(json.dumps(rows), FILE, reviewed)


def entry(**changes):
    (found,) = parse(row(**changes)).breaches
    return found


def test_a_breach_becomes_an_entry():
    found = entry()
    assert found.id == "exampleshop-2025"
    assert found.organisation == "Example Shop"
    assert found.date == date(2025, 3, 4)
    assert found.persons == 12345
    assert found.persons_kind is PersonsKind.accounts_hibp
    assert found.status is Status.confirmed
    assert found.scope is Scope.FR
    assert found.classes == (A.NAME, A.DOB, A.EMAIL, A.PWHASH)
    assert found.sources == ("haveibeenpwned.com",)
    assert not found.membership_sensitive


def test_the_description_is_not_kept():
    assert "shop" not in entry().note.replace("ExampleShop", "")


def test_a_data_class_without_counterpart_is_counted_and_noted():
    assert parse(row(), row(Name="Other", PwnCount=7)).unmapped == {"IQ levels": 2}
    assert "1 data classes not counted: IQ levels." in entry().note


@pytest.mark.parametrize(
    ("description", "classes"),
    [
        ("passwords stored in plain text", (A.PW,)),
        ("passwords", (A.PW,)),
        ("salted MD5 password hashes", (A.PWHASH,)),
        ("SHA-1 hashes, some cracked to plain text", (A.PW, A.PWHASH)),
        (None, (A.PW,)),
    ],
)
def test_passwords_are_hashed_only_when_the_description_says_so(description, classes):
    assert entry(Description=description, DataClasses=["Passwords"]).classes == classes


def test_a_social_security_number_is_a_nir_only_in_a_french_breach():
    numbers = ["Names", "Social security numbers"]
    assert A.NIR in entry(DataClasses=numbers).classes
    abroad = entry(DataClasses=numbers, Domain="example.com")
    assert A.NIR not in abroad.classes
    assert "Social security numbers" in abroad.note
    assert abroad.scope is Scope.GLOBAL


@pytest.mark.parametrize(
    ("flags", "status", "words"),
    [
        ({"IsVerified": False}, Status.claimed, "not reviewed"),
        ({"IsFabricated": True, "IsVerified": False}, Status.disputed, "held to be fabricated"),
        ({"IsRetired": True}, Status.disputed, "withdrawn"),
        ({"IsStealerLog": True}, Status.stealer, "stealer log"),
        ({"IsMalware": True}, Status.stealer, "malware"),
        ({"IsSpamList": True}, Status.combo, "spam list"),
    ],
)
def test_the_flags_give_the_status_and_stay_in_the_note(flags, status, words):
    found = entry(**flags)
    assert found.status is status
    assert words in found.note


def test_a_spam_list_is_a_compilation():
    assert entry(IsSpamList=True).compilation
    assert not entry().compilation


def test_a_breach_flagged_sensitive_has_a_sensitive_membership():
    assert entry(IsSensitive=True).membership_sensitive


def test_old_rows_without_the_later_flags_are_read():
    lean = {key: row()[key] for key in ("Name", "BreachDate", "PwnCount", "DataClasses")}
    (found,) = parse(lean).breaches
    assert found.organisation == "ExampleShop"
    assert found.status is Status.confirmed


def test_no_accounts_means_an_unknown_number_of_persons():
    assert entry(PwnCount=0).persons_kind is PersonsKind.unknown


def test_a_breach_without_a_data_class_of_ours_is_left_out_by_name():
    listed = parse(row(DataClasses=["IQ levels"]))
    assert listed.breaches == ()
    assert listed.empty == ("ExampleShop",)


def test_a_reviewed_entry_stands_when_id_or_count_agree():
    deezer = row(Name="Deezer", BreachDate="2019-04-22", PwnCount=1)
    renamed = row(Name="DeezerMusic", BreachDate="2019-04-22", PwnCount=229_037_936)
    listed = parse(deezer, renamed, row(), reviewed=Catalogue.shipped())
    assert listed.known == ("Deezer", "DeezerMusic")
    assert [breach.id for breach in listed.breaches] == ["exampleshop-2025"]


def test_a_single_breach_is_read_like_a_list_of_one():
    assert parse_hibp(json.dumps(row()), FILE).breaches == parse(row()).breaches


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[{", "the text is no JSON"),
        ("3", "a list of breaches of Have I Been Pwned is expected"),
        ("[3]", "entry 1: it is not a JSON object"),
        (json.dumps([row(), {"Name": "X"}]), "entry 2: BreachDate is missing or not of type str"),
        (json.dumps([row(PwnCount="7")]), "entry 1: PwnCount is missing or not of type int"),
        (json.dumps([row(PwnCount=True)]), "PwnCount is missing or not of type int"),
        (json.dumps([row(DataClasses=[1])]), "DataClasses is not a list of strings"),
        (json.dumps([row(BreachDate="04/03/2025")]), "BreachDate is not a day"),
        (json.dumps([row(BreachDate="2025-02-30")]), "BreachDate is not a day"),
        (json.dumps([row(Name="")]), "its id must be"),
    ],
)
def test_a_wrong_list_is_refused_by_file_entry_and_reason(text, reason):
    with pytest.raises(CatalogueError, match=f"breaches.json cannot be used: .*{reason}"):
        parse_hibp(text, FILE)


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("a.json", "", True),
        ("a.toml", "[]", False),
        ("a.txt", "[[breach]]", False),
        ("a.txt", ' [\n {"Name"', True),
        ("a.txt", "{}", True),
        ("a", "# comment\n[[breach]]", False),
    ],
)
def test_a_list_is_told_by_its_ending_or_its_beginning(name, text, answer):
    assert is_hibp(text, Path(name)) is answer
