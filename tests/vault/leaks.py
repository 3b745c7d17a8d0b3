"""Fictional people as a breach file would hold them, and vaults looked at from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from correlate.catalogue import Catalogue
from correlate.normalise import nir
from correlate.tokens import SecretKey
from correlate.vault import Vault, verify

FREE = Catalogue.shipped().get("free-2024")
FRANCE_TRAVAIL = Catalogue.shipped().get("francetravail-2024")

SURNAMES = ["Zabulon", "Quintefeuille", "Wermelinger", "Brindavoine", "Xaintrailles"]
FIRST_NAMES = ["Hermeline", "Théodebert", "Ysoline", "Fulbert", "Gwenaëlle"]
RUN = "from correlate_cli.app import main; main()"


def people(count: int, *, seed: int = 1) -> pl.DataFrame:
    """Make ``count`` rows of text, each of somebody else."""
    draw = np.random.default_rng(seed)
    number = pl.int_range(count, eager=True) + 1_000_000 * seed
    year, month, day = (draw.integers(low, high, count) for low, high in ((30, 99), (1, 13), (1, 29)))
    body = pl.DataFrame({"s": draw.integers(1, 3, count), "y": year, "m": month, "d": day}).select(
        sex="s",
        nir=pl.format(
            "{}{}{}75{}{}",
            "s",
            pl.col("y").cast(pl.String).str.zfill(2),
            pl.col("m").cast(pl.String).str.zfill(2),
            pl.lit(101 + number % 20).cast(pl.String),
            pl.lit(1 + number // 20 % 990).cast(pl.String).str.zfill(3),
        ),
        date=pl.format(
            "19{}-{}-{}",
            pl.col("y").cast(pl.String).str.zfill(2),
            pl.col("m").cast(pl.String).str.zfill(2),
            pl.col("d").cast(pl.String).str.zfill(2),
        ),
    )
    return pl.DataFrame(
        {
            "nir": body["nir"] + nir.key(body["nir"]),
            "nom": pl.Series(SURNAMES).gather(draw.integers(0, 5, count)),
            "prenom": pl.Series(FIRST_NAMES).gather(draw.integers(0, 5, count)),
            "date_naissance": body["date"],
            "email": pl.select(pl.format("fictif.{}@exemple.fr", number)).to_series(),
            "telephone": pl.select(pl.format("06{}", number.cast(pl.String).str.zfill(8))).to_series(),
            "mot_de_passe": pl.select(pl.format("s3cret-{}", number)).to_series(),
        }
    )


def write(rows: pl.DataFrame, path: Path) -> Path:
    """Write rows in the format that the ending names; empty cells are left out."""
    match path.suffix:
        case ".parquet":
            rows.write_parquet(path, row_group_size=1_000)
        case ".jsonl":
            lines = (json.dumps({k: v for k, v in row.items() if v is not None}) for row in rows.to_dicts())
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        case _:
            rows.write_csv(path, quote_style="necessary")
    return path


def tables(vault: Path, key: SecretKey) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in an order of its own; class sets written out instead of numbered."""
    with Vault.open(vault, key) as opened:
        columns = ", ".join(
            f'"{name}"'
            for (name,) in opened.engine.rows(
                "SELECT column_name FROM duckdb_columns() WHERE table_name = 'record_token' "
                "AND column_name <> 'class_set_no' ORDER BY column_index"
            )
        )
        queries = {
            # But for what is each vault's own.
            "meta": "SELECT * FROM meta WHERE name NOT IN ('vault_id', 'last_file_no')",
            "breach": "SELECT * FROM breach",
            "file": "SELECT * FROM file",
            "record": f"SELECT {columns}, classes FROM record_token JOIN class_set USING (class_set_no)",
            "link_key": "SELECT * FROM link_key",
        }
        return {name: sorted(opened.engine.rows(query), key=str) for name, query in queries.items()}


def state(vault: Path, key: SecretKey) -> list[tuple[object, ...]]:
    """Enough to tell two states of a vault apart, however large: a sum over every row of every table."""
    with Vault.open(vault, key) as opened:
        return [
            opened.engine.rows(f"SELECT count(*), sum(hash(held)) FROM {name} AS held")[0]
            for name in ("file", "breach", "record_token", "link_key")
        ]


def is_whole(vault: Path, key: SecretKey) -> bool:
    with Vault.open(vault, key) as opened:
        return verify(opened) == ()


def names(folder: Path) -> set[str]:
    """What lies in a folder, hidden or not."""
    return {entry.name for entry in folder.iterdir()}


def key_file(folder: Path, key: SecretKey) -> Path:
    file = folder / "secret.key"
    file.write_text(key.secret.hex() + "\n", encoding="ascii")
    file.chmod(0o600)
    return file


def correlate(*arguments: object, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own."""
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **settings)


def says(result: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Whether a command was stopped by one clear message with these words, and none that is of the data."""
    message = result.stderr
    clear: Sequence[str] = [*SURNAMES, *FIRST_NAMES, "fictif.", "s3cret"]
    return (
        result.returncode == 2
        and message.startswith("Error: ")
        and message.count("Error") == 1
        and "Traceback" not in message
        and all(word in " ".join(message.split()) for word in words)
        and not any(value in message for value in clear)
    )


def found_in(path: Path, tokens: Sequence[int]) -> int:
    """How many of the tokens stand anywhere in the file, as eight bytes."""
    content = path.read_bytes()
    windows = [np.frombuffer(content, "<i8", (len(content) - shift) // 8, shift) for shift in range(8)]
    return sum(int(np.isin(tokens, window).sum()) for window in windows)
