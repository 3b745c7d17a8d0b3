"""Canary values go through every path and come out of none: no file, temporary file, log, error, output."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xxhash
from typer.testing import CliRunner

from correlate_cli.app import app
from tests.canaries import CANARIES, NEEDLES, PIECE, betrayed, watching

pytestmark = pytest.mark.long

ROW = {name: spellings[0] for name, spellings in CANARIES.items()}
# The same values with something wrong in each field: what is dropped or rejected must not be told either.
BROKEN = {
    **ROW,
    "nir": "2 72 03 75 056 987 77",
    "email": "zwyx.canari@courriel.example@",
    "iban": "FR77 9999 9000 0100 0000 0010 106",
    "date_naissance": "14/03/1972/03",
    "telephone": "06 39 98 76 54 9 9 9 9 9 9",
    "code_postal": "98799-98799",
}
NOBODY = {name: value if name in ("prenom", "mot_de_passe") else "" for name, value in ROW.items()}
ROWS = [ROW, BROKEN, NOBODY, {**ROW, "nom_naissance": "", "nir": ""}]


def environment(folder: Path) -> dict[str, str]:
    return {
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder / "home"),
        "CORRELATE_KEY_FILE": str(folder / "secret.key"),
    }


def run(folder: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """A real process: what it ends with, and all that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", "from correlate_cli.app import main; main()", "--verbose", *arguments],
        cwd=folder,
        env={**os.environ, **environment(folder)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def run_here(folder: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """The same in this process: quicker, for the many that follow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["--verbose", *arguments], input=stdin, env=environment(folder))
    return done.exit_code, done.output + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    return tmp_path


def written(folder: Path) -> dict[str, Path]:
    """The same rows in every format, each with what can be wrong with it, and files that cannot be read."""
    frame = pl.DataFrame(ROWS)
    csv = frame.write_csv(separator=";")
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    ragged = csv + ";".join([*ROW.values(), ROW["email"], ROW["nom_naissance"]]) + "\n" + ROW["email"] + "\n"
    paths = {
        name: folder / name
        for name in ("rows.csv", "rows.jsonl", "rows.parquet", "rows.csv.gz", "ragged.csv", "cut.parquet")
    }
    paths |= {name: folder / name for name in ("headless.csv", "cut.csv.gz", "broken.jsonl", "subjects.csv")}
    paths["rows.csv"].write_text(csv)
    paths["rows.jsonl"].write_text(lines)
    frame.write_parquet(paths["rows.parquet"])
    paths["rows.csv.gz"].write_bytes(gzip.compress(csv.encode("cp1252")))
    paths["ragged.csv"].write_text(ragged)
    paths["cut.parquet"].write_bytes(paths["rows.parquet"].read_bytes()[:-200])
    labelled = frame.insert_column(0, pl.Series("dossier", [ROW["numero_contrat"], "b", "c", "d"]))
    for name in ("subjects-labelled.csv", "records-labelled.csv"):
        paths[name] = folder / name
        labelled.write_csv(paths[name])
    frame = pl.DataFrame(ROWS)
    paths["twice.csv"] = folder / "twice.csv"
    paths["twice.csv"].write_text(csv + csv.split("\n", 1)[1])
    paths["declared.csv"] = folder / "declared.csv"
    paths["declared.csv"].write_text(f"member_id;breach\na;sfr-2024\n;sfr-2024\n{ROW['email']};sfr-2024\n")
    paths["hibp.json"] = folder / "hibp.json"
    paths["hibp.json"].write_text(json.dumps({ROW["email"]: ["LDLC", "Free"], BROKEN["email"]: ["Free"]}))
    paths["headless.csv"].write_text(csv.split("\n", 1)[1])
    paths["cut.csv.gz"].write_bytes(gzip.compress(csv.encode() * 50)[:-100])
    paths["broken.jsonl"].write_text(lines + '{"nir": "' + ROW["nir"] + "\n" + lines)
    frame.insert_column(0, pl.Series("member_id", ["a", "b", "c", ""])).write_csv(paths["subjects.csv"])
    return paths


def test_the_search_finds_what_it_is_meant_to_find():
    """A planted value is found, in clear, recoded or as an unkeyed hash: the tests below can fail."""
    value = CANARIES["email"][0].encode()
    planted = [
        value,
        value.decode().encode("utf-16-le"),
        hashlib.md5(value, usedforsecurity=False).digest(),
        hashlib.sha1(value, usedforsecurity=False).hexdigest().encode(),
        hashlib.sha256(value).hexdigest().upper().encode(),
        xxhash.xxh64(value).digest()[::-1],
        str(xxhash.xxh3_64(value).intdigest()).encode(),
        xxhash.xxh3_128(value).hexdigest().encode(),
    ]
    for data in planted:
        assert betrayed(b"before " + data + b" after")
    assert not betrayed(b"nothing of the kind")
    assert not betrayed(b"")


def test_the_search_finds_each_value_wherever_it_stands():
    """Every single one, at both ends of a file and over the seams of its pieces."""
    for needle, name in NEEDLES.items():
        assert name in betrayed(needle)
    noise = random.Random(4).randbytes(2 * PIECE + 5)
    assert not betrayed(noise)
    for needle in (min(NEEDLES, key=len), max(NEEDLES, key=len)):
        for place in (0, PIECE - len(needle), PIECE - 2, PIECE - 1, PIECE, len(noise) - len(needle)):
            file = noise[:place] + needle + noise[place + len(needle) :]
            assert betrayed(file) == {NEEDLES[needle]}


@contextmanager
def nothing_told(folder: Path, *, made: set[str]) -> Iterator[Callable[..., None]]:
    """Run commands, and look at every file meanwhile, ``made`` among them, and at all that is printed."""
    told: list[str] = []

    def does(*arguments: str, code: int = 0, stdin: str = "", way=run_here) -> None:
        ended, printed = way(folder, *arguments, stdin=stdin)
        told.append(printed)
        assert ended == code, printed

    with watching([folder], but=set(written(folder).values())) as watch:
        yield does
    assert watch.seen == set()
    assert {folder / name for name in made} <= set(watch.files)
    assert betrayed("\n".join(told).encode()) == set()


def test_no_value_comes_out_of_ingest_and_scores(folder: Path):
    """Key, vault, ingest of every format, rejects, scores in every format and by every option, logs."""
    made = {"vault.duckdb", "scores.csv", "scores.parquet", "rejects.csv", "declared.parquet", "changes.csv"}
    with nothing_told(folder, made=made) as does:
        does("key", "create", "secret.key")
        does("vault", "create", "vault.duckdb")
        good = ("rows.csv", "rows.jsonl", "rows.parquet", "rows.csv.gz", "ragged.csv", "broken.jsonl")
        rest = ("--breach", "free-2024", "--assume-classes", "--rejects", "rejects.csv")
        does("ingest", "vault.duckdb", *good, *rest, way=run)
        for name in ("cut.parquet", "headless.csv", "cut.csv.gz"):
            does("ingest", "vault.duckdb", name, "--breach", "free-2024", code=2)
        does("vault", "info", "vault.duckdb")
        does("vault", "verify", "vault.duckdb")
        for ending, way in (("csv", run), ("jsonl", run_here), ("parquet", run_here)):
            out = ("--output", f"scores.{ending}", "--rejects", f"refused-{ending}.csv")
            does("score", "vault.duckdb", "subjects.csv", "--id", "member_id", *out, way=way)
        does("score", "vault.duckdb", "rows.csv", "--breach", "viamedis-almerys-2024", "-o", "own.csv")
        does("score", "vault.duckdb", "rows.csv", "--id", "email", "-o", "never.csv", code=2)
        does("score", "vault.duckdb", "rows.csv", "--id", "mot_de_passe", "-o", "never.csv", code=2)
        _risk_commands(does)


def test_no_value_comes_out_of_updates_checks_and_forgetting(folder: Path):
    """Scores that keep links and are brought up to date, check, fit, forget, removal of a breach."""
    made = {"vault.duckdb", "kept.parquet", "told.parquet", "later.parquet", "model.toml", "another.toml"}
    with nothing_told(folder, made=made) as does:
        does("key", "create", "secret.key")
        does("vault", "create", "vault.duckdb")
        good = ("rows.csv", "rows.jsonl", "rows.parquet", "ragged.csv")
        does("ingest", "vault.duckdb", *good, "--breach", "free-2024", "--assume-classes")
        score = ("score", "vault.duckdb", "subjects.csv", "--id", "member_id", "-o")
        does(*score, "plain.parquet")
        does(*score, "kept.parquet", "--keep-links")
        # Read through, and a part linked again; then, as the vault is small, everybody.
        does(*score, "told.parquet", "--update", "kept.parquet", "--declared", "declared.csv", way=run)
        does("ingest", "vault.duckdb", "twice.csv", "--breach", "sfr-2024")
        does(*score, "later.parquet", "--update", "kept.parquet")
        does(*score, "never.parquet", "--update", "plain.parquet", code=2)
        does("vault", "remove-breach", "vault.duckdb", "sfr-2024")
        does("check", "vault.duckdb", stdin=json.dumps(ROW), way=run)
        does("check", "vault.duckdb", stdin=json.dumps(BROKEN))
        does("check", "vault.duckdb", stdin=json.dumps(ROW)[:-5], code=2)
        does("check", "vault.duckdb", stdin=json.dumps({ROW["nom_naissance"]: ROW["nir"]}), code=2)
        does("fit", "vault.duckdb", "--out", "model.toml")
        does("fit", "vault.duckdb", "--subjects", "subjects.csv", "--out", "another.toml")
        does("fit", "vault.duckdb", "--subjects", "cut.parquet", "--out", "third.toml", code=2)
        # One row holds nothing that identifies: it is told, as a finding.
        does("vault", "forget", "vault.duckdb", "--subjects", "rows.csv", code=1)
        does("vault", "remove-breach", "vault.duckdb", "free-2024")


def test_no_value_comes_out_of_labelled_files(folder: Path):
    """Evaluation, and why a pair is linked: the vault of a trial lies in a temporary folder."""
    with nothing_told(folder, made={"curve.csv"}) as does:
        both = ("--subjects", "subjects-labelled.csv", "--records", "records-labelled.csv")
        does("evaluate", *both, "--truth", "dossier", "--curve", "curve.csv", way=run)
        does("evaluate", *both, "--truth", "dossier", "--no-fit", "--json")
        does("evaluate", *both, "--truth", "no-such-column", code=2)
        does("explain-link", *both, "--subject-row", "1", "--record-row", "1")
        does("explain-link", *both, "--subject-row", "1", "--record-row", "2", "--no-fit", "--json")
        does("explain-link", *both, "--subject-row", "9", "--record-row", "2", "--no-fit", code=2)


def _risk_commands(does) -> None:
    """Profiles, base rates, exact shares, declared breaches, answers about addresses, page and difference."""
    asked = ("score", "vault.duckdb", "subjects.csv", "--id", "member_id")
    declared = ("--declared", "declared.csv", "--hibp", "hibp.json", "--rejects", "refused-declared.csv")
    does(*asked, *declared, "--base-rates", "--shares", "-o", "declared.parquet")
    does(*asked, "--declared-column", "nom_naissance", "-o", "never.parquet", code=2)
    does(*asked, "--declared", "subjects.csv", "-o", "never.parquet", code=2)
    does(*asked, "--hibp", "broken.jsonl", "-o", "never.parquet", code=2)
    does(*asked, "--profile", "lender", "-o", "never.parquet", code=2)
    does("explain", "vault.duckdb", "declared.parquet", "--subject", "a")
    does("explain", "vault.duckdb", "scores.jsonl", "--subject", "a", "--language", "fr")
    does("explain", "vault.duckdb", "scores.parquet", "--subject", ROW["nir"], code=2)
    does("explain", "vault.duckdb", "subjects.csv", "--subject", "a", code=2)
    does("diff", "scores.parquet", "scores.jsonl", "-o", "changes.csv")
    does("diff", "subjects.csv", "rows.parquet", "-o", "never.csv", code=2)
    does("check", "vault.duckdb", "--profile", "lender", stdin=json.dumps(ROW), code=2)


def test_a_vault_tells_the_same_value_apart_under_another_key(folder: Path):
    """No token of a vault stands in a vault of the same file under another key: nothing in it is unkeyed."""
    written(folder)
    tokens = []
    for name in ("one", "two"):
        key = ("--key", f"{name}.key")
        assert run_here(folder, "key", "create", f"{name}.key")[0] == 0
        assert run_here(folder, "vault", "create", f"{name}.duckdb", *key)[0] == 0
        assert run_here(folder, "ingest", f"{name}.duckdb", "rows.csv", "--breach", "free-2024", *key)[0] == 0
        tokens.append(_tokens(folder / f"{name}.duckdb"))
    assert tokens[0]
    assert not tokens[0] & tokens[1]


def _tokens(vault: Path) -> set[object]:
    with duckdb.connect(str(vault), read_only=True) as connection:
        kinds = connection.execute("DESCRIBE record_token").fetchall()
        columns = [name for name, kind, *_ in kinds if kind == "BIGINT" and name != "record_id"]
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM record_token").fetchall()
        keys = connection.execute("SELECT key FROM link_key").fetchall()
        sums = connection.execute("SELECT checksum FROM file").fetchall()
        terms = connection.execute("SELECT token FROM term WHERE token <> 0").fetchall()
    return {cell for row in (*rows, *keys, *sums, *terms) for cell in row if cell is not None}
