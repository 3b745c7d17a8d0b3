"""Addresses in answers of Have I Been Pwned, and whatever else stands in files of declared breaches, come out
of nothing: no file, temporary file, log, error or output.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from correlate_cli.app import app
from tests.canaries import CANARIES, betrayed, watching

pytestmark = pytest.mark.long

ADDRESS = CANARIES["email"][0]
MAILBOX, DOMAIN = ADDRESS.split("@")
ROW = {name: spellings[0] for name, spellings in CANARIES.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    return tmp_path


def written(folder: Path) -> dict[str, Path]:
    """Good files and bad ones: what is rejected or refused must not be told either."""
    addresses = {ADDRESS: ["Adobe", "Deezer"], CANARIES["email"][1] + "@": ["Adobe"], ROW["nir"]: "x"}
    contents = {
        "addresses.json": json.dumps({**addresses, f"{ROW['nom_naissance']}@x.example": 3}),
        "mailboxes.json": json.dumps({MAILBOX: ["Adobe", ROW["mot_de_passe"]]}),
        "download.json": json.dumps(
            {
                "BreachSearchResults": [
                    {"Alias": MAILBOX, "DomainName": DOMAIN, "Breaches": [{"Name": "Adobe"}]}
                ]
            }
        ),
        "lines.jsonl": json.dumps({"email": ADDRESS, "breaches": ["Adobe", ADDRESS]}) + "\n",
        "cut.json": json.dumps({ADDRESS: ["Adobe"]})[:-3],
        "told.csv": f"member_id,nom,breach\na,{ROW['nom_naissance']},free-2024\n,{ADDRESS},\n",
        "values.csv": f"member_id,breach\na,{ADDRESS}\n",
        "headers.csv": f"{ROW['nom_naissance']},{ADDRESS}\na,free-2024\n",
    }
    for name, content in contents.items():
        (folder / name).write_text(content)
    frame = pl.DataFrame([ROW]).with_columns(member_id=pl.lit("a"), told=pl.lit("deezer-2019"))
    frame.write_csv(folder / "subjects.csv")
    frame.with_columns(told=pl.lit(ROW["email"])).write_csv(folder / "mistold.csv")
    return {name: folder / name for name in (*contents, "subjects.csv", "mistold.csv")}


def test_no_value_of_a_declared_file_comes_out_of_any_path(folder: Path):
    paths = written(folder)
    told: list[str] = []
    environment = {
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder / "home"),
        "CORRELATE_KEY_FILE": str(folder / "secret.key"),
    }

    def does(*arguments: str, code: int = 0, stdin: str = "") -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            done = CliRunner().invoke(app, ["--verbose", *arguments], input=stdin, env=environment)
        told.append(done.output + done.stderr)
        assert done.exit_code == code, done.output

    score = ("score", "vault.duckdb", "subjects.csv", "--id", "member_id", "--rejects", "rejects.csv", "-o")
    with watching([folder], but=set(paths.values())) as watch:
        does("key", "create", "secret.key")
        does("vault", "create", "vault.duckdb")
        for name in ("addresses.json", "mailboxes.json", "download.json", "lines.jsonl"):
            does(*score, f"{name}.parquet", "--hibp", name, "--hibp-domain", DOMAIN)
            assert "declared breaches of 1 subjects count" in told[-1]
        does(*score, "told.jsonl", "--declared", "told.csv", "--declared-column", "told")
        for name in ("cut.json", "values.csv", "headers.csv"):
            option = "--hibp" if name == "cut.json" else "--declared"
            does(*score, "never.csv", option, name, code=2)
        does(*score, "never.csv", "--hibp", "mailboxes.json", code=2)
        does("score", "vault.duckdb", "mistold.csv", "--declared-column", "told", "-o", "never.csv", code=2)
        does(*score, "never.csv", "--profile", "lender-2026-11", code=2)
        person = {**ROW, "declared": ["free-2024"]}
        does("check", "vault.duckdb", stdin=json.dumps(person))
        does("check", "vault.duckdb", "--profile", "lender-2026-11", stdin=json.dumps(person), code=2)
        does("check", "vault.duckdb", stdin=json.dumps({**ROW, "declared": [ADDRESS]}), code=2)
    assert watch.seen == set()
    assert folder / "lines.jsonl.parquet" in watch.files
    assert not (folder / "never.csv").exists()
    assert betrayed("\n".join(told).encode()) == set()
