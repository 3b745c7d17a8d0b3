"""What stops a command is told in one clear message, with exit code 2, and nothing is left half-done."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from correlate.tokens import SecretKey
from correlate.vault import Vault, ingest
from correlate_cli.app import app
from tests.vault.leaks import FREE, correlate, key_file, names, people, says, state, tables, write

OTHER_KEY = SecretKey(secret=bytes(range(1, 33)))


@pytest.fixture(scope="module")
def once(tmp_path_factory, key):
    """A vault with some people, a key file, and a file to ingest. Only copied."""
    folder = tmp_path_factory.mktemp("world")
    key_file(folder, key)
    with Vault.create(folder / "vault.duckdb", key) as vault:
        ingest(vault, write(people(100), folder / "held.csv"), FREE)
    write(people(100, seed=2), folder / "new.csv")
    return folder


@pytest.fixture
def world(once, tmp_path):
    return shutil.copytree(once, tmp_path, dirs_exist_ok=True)


def in_process(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return subprocess.CompletedProcess([], result.exit_code, result.stdout, result.stderr)


def ingest_of(world, file, *more, vault="vault.duckdb", breach="free-2024"):
    key = () if "--key" in more else ("--key", world / "secret.key")
    return ["ingest", world / vault, file, "--breach", breach, *more, *key]


@contextmanager
def nothing_changes(world, key):
    before, listed = state(world / "vault.duckdb", key), names(world)
    yield
    assert state(world / "vault.duckdb", key) == before
    assert names(world) == listed


def no_column(path):
    return write(people(5).select(a="nom", b="nir"), path.with_suffix(".csv"))


def no_header(path):
    file = write(people(5), path.with_suffix(".csv"))
    file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8")
    return file


def cut_parquet(path):
    content = write(people(5000), path.with_suffix(".parquet")).read_bytes()
    path.with_suffix(".parquet").write_bytes(content[: len(content) // 2])
    return path.with_suffix(".parquet")


def damaged_parquet(path):
    """Its directory is whole; what it points to is not. Some batches are stored before it is noticed."""
    file = write(people(20_000), path.with_suffix(".parquet"))
    content = bytearray(file.read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 20_000] = os.urandom(20_000)
    file.write_bytes(content)
    return file


def cut_gzip(path):
    packed = subprocess.run(
        ["gzip", "-c", write(people(5000), path.with_suffix(".csv"))], capture_output=True, check=True
    ).stdout
    path.with_suffix(".gz").write_bytes(packed[: len(packed) // 2])
    path.with_suffix(".csv").unlink()
    return path.with_suffix(".gz")


def utf32(path):
    text = write(people(5), path.with_suffix(".csv")).read_text(encoding="utf-8").encode("utf-32")
    path.with_suffix(".csv").write_bytes(text[:200] + b"\xff\xff\xff\xff" + text[200:])
    return path.with_suffix(".csv")


def folder(path):
    path.mkdir()
    return path


def empty(path):
    path.touch()
    return path


def spreadsheet(path):
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    return path


def missing(path):
    return path


UNREADABLE = {
    no_column: ("No column of", "Map at least one"),
    no_header: ("no row of headers", "7 columns"),
    cut_parquet: ("damaged or cut short", "compare its size"),
    damaged_parquet: ("damaged or cut short", "compare its size"),
    cut_gzip: ("damaged or cut short", "Fetch it again"),
    utf32: ("utf-32", "Name its encoding in the mapping"),
    folder: ("is a folder", "Name one file in it"),
    empty: ("is empty",),
    spreadsheet: ("zip archive or a spreadsheet", "export the sheet"),
    missing: ("There is no file", "Check the path"),
}


@pytest.mark.parametrize("make", UNREADABLE, ids=lambda make: make.__name__)
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_kept(make, world, key):
    file = make(world / "bad")
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, file, "--rejects", world / "rejects.csv"))
    assert says(result, "bad", *UNREADABLE[make])


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ('[columns]\n"no such column" = "nir"\n', ("no such column", "It has", "nom")),
        ('[columns]\n"nom" = "shoe_size"\n', ("shoe_size", "Valid ones are", "surname")),
        ('[columns]\n"nom" = "nir"\n"prenom" = "nir"\n', ("both carry nir", "ignore")),
        ("[colunms]\n", ("unknown key", "colunms", "columns")),
        ("nom = [", ("is not TOML",)),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(mapping, words, world, key):
    (world / "map.toml").write_text(mapping, encoding="utf-8")
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "new.csv", "--map", world / "map.toml"))
    assert says(result, *words)


def test_an_unknown_breach_is_told_with_its_neighbours(world, key):
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "new.csv", breach="fre-2024"))
    assert says(result, "fre-2024", "free-2024")


def test_a_file_of_another_breach_is_told(world, key):
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "held.csv", breach="francetravail-2024"))
    assert says(result, "held.csv", "as breach free-2024", "correlate vault remove-breach")


def test_of_several_files_those_before_a_bad_one_are_kept_whole(world, key):
    """Each file is taken in whole or not at all; the message names the one that was not."""
    cut = cut_parquet(world / "bad")
    result = in_process(*ingest_of(world, world / "new.csv", cut))
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ")
    assert "bad.parquet" in result.stderr
    assert [row[2] for row in tables(world / "vault.duckdb", key)["file"]] == ["held.csv", "new.csv"]


def test_a_wrong_key_is_told_naming_both(world, key, tmp_path_factory):
    other = key_file(tmp_path_factory.mktemp("other"), OTHER_KEY)
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "new.csv", "--key", other))
    assert says(result, key.key_id, OTHER_KEY.key_id, "correlate key show")


def test_no_key_is_told(world, key):
    with nothing_changes(world, key):
        result = in_process("ingest", world / "vault.duckdb", world / "new.csv", "--breach=free-2024")
    assert says(result, "No secret key was given", "--key FILE", "CORRELATE_KEY_FILE")


@pytest.mark.parametrize("reading", ["read", "write"])
def test_a_vault_in_use_by_another_process_is_told(reading, world):
    script = (
        "import duckdb, sys\n"
        "held = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == 'read')\n"
        "print(1, flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, world / "vault.duckdb", reading],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "1\n"
        result = in_process(*ingest_of(world, world / "new.csv"))
        listing = in_process("vault", "info", world / "vault.duckdb", "--key", world / "secret.key")
        holder.communicate("\n")
    assert says(result, "vault.duckdb is in use", "nothing was changed")
    assert says(listing, "is in use") == (reading == "write")
    assert in_process(*ingest_of(world, world / "new.csv")).returncode == 0


def test_a_newer_vault_is_told(world):
    with duckdb.connect(str(world / "vault.duckdb")) as connection:
        connection.execute("UPDATE meta SET content = '41' WHERE name = 'schema_version'")
    before = (world / "vault.duckdb").read_bytes()
    for command in (ingest_of(world, world / "new.csv"), ["vault", "info", world / "vault.duckdb"]):
        result = in_process(*command, *([] if "--key" in command else ["--key", world / "secret.key"]))
        assert says(result, "schema version 41", "Install the version of correlate-risk that made it")
    assert (world / "vault.duckdb").read_bytes() == before


@pytest.mark.parametrize("not_a_vault", ["new.csv", "missing.duckdb", "."])
def test_what_is_no_vault_is_told(not_a_vault, world, key):
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "held.csv", vault=not_a_vault))
    assert says(result, "vault")


@pytest.mark.parametrize("output", ["vault.duckdb", "new.csv", "./vault.duckdb"])
def test_an_output_never_takes_the_place_of_an_input(output, world, key):
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "new.csv", "--rejects", f"{world}/{output}"))
    assert result.returncode == 2
    assert "it would overwrite" in " ".join(result.stderr.replace("│", "").split())


def test_an_endless_line_costs_neither_the_memory_nor_the_file(world, key):
    """Sixty megabytes without a line end, in a file that is otherwise fine."""
    rows = write(people(50, seed=3), world / "bad.csv").read_bytes()
    with (world / "bad.csv").open("wb") as file:
        file.write(rows)
        for _ in range(60):
            file.write(b"x" * 1_000_000)
        file.write(b"\n" + rows.split(b"\n", 1)[1].replace(b"fictif", b"autre"))
    result = correlate(*ingest_of(world, world / "bad.csv", "--rejects", world / "rejects.csv"))
    assert result.returncode == 0, result.stderr
    assert "101 rows read, 100 accepted, 1 rejected" in result.stdout
    lines = (world / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["bad.csv,51,,line-too-long"]
    assert [row[5:] for row in tables(world / "vault.duckdb", key)["file"]][1] == (101, 100, 1)


def test_a_file_that_is_one_endless_line_is_told(world, key):
    (world / "bad.csv").write_bytes(b"nir,nom" + b"x" * 20_000_000)
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "bad.csv"))
    assert says(result, "bad.csv")


@pytest.mark.parametrize("memory", ["1MB", "6MB"])
def test_too_little_memory_is_told_with_the_option_that_gives_more(memory, world, key):
    write(people(100_000, seed=4), world / "bad.parquet")
    with nothing_changes(world, key):
        result = in_process(*ingest_of(world, world / "bad.parquet", "--memory", memory))
    assert says(result, "more memory than it was given", "--memory 8GB")


def test_a_memory_that_is_none_is_told(world):
    result = in_process(*ingest_of(world, world / "new.csv", "--memory", "plenty"))
    assert result.returncode == 2
    assert 'as in "4GB"' in result.stderr


def mounted(path, size):
    """Mount a small disk at ``path``, if this user may."""
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def small_disk(tmp_path):
    """A folder with room for so many bytes, and the settings for a process that is to find it full.

    Where this user may not mount a disk, the process may not write larger files: the system call then fails
    the same way.
    """
    with_disk = []

    def make(size):
        path = tmp_path / "disk"
        if mounted(path, size):
            with_disk.append(path)
            return path, {}
        return path, {"preexec_fn": partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))}

    yield make
    for path in with_disk:
        subprocess.run(["umount", path], check=True)


def test_a_disk_too_full_for_the_vault_is_told(world, key, small_disk):
    write(people(60_000, seed=4), world / "bad.parquet")
    # Enough to begin with, by what a vault grows by at the least, and too little for the whole.
    room = (world / "bad.parquet").stat().st_size * 2 // 3 + 300_000
    disk, settings = small_disk((world / "vault.duckdb").stat().st_size + room)
    shutil.copy(world / "vault.duckdb", disk)
    before = state(disk / "vault.duckdb", key)
    command = ingest_of(world, world / "bad.parquet", vault="disk/vault.duckdb")
    result = correlate(*command, **settings)
    assert says(result, "no room left on the disk", "disk/vault.duckdb", "free some space")
    assert state(disk / "vault.duckdb", key) == before
    assert names(disk) <= {"vault.duckdb", "vault.duckdb.wal"}
    for name in names(disk):
        shutil.copy(disk / name, world / name.replace("vault", "roomy"))
    again = in_process(*ingest_of(world, world / "bad.parquet", vault="roomy.duckdb"))
    assert "60,000 accepted" in again.stdout


def test_a_disk_too_full_to_write_the_vault_anew_is_told(world, key, small_disk):
    with Vault.open(world / "vault.duckdb", key, write=True) as vault:
        ingest(vault, write(people(12_000, seed=4), world / "more.csv"), FREE)
    size = (world / "vault.duckdb").stat().st_size
    # Enough to begin with, and too little for a second vault.
    disk, settings = small_disk(size + size * 3 // 4)
    shutil.copy(world / "vault.duckdb", disk)
    if settings:
        half = (size // 2, size // 2)
        settings["preexec_fn"] = partial(resource.setrlimit, resource.RLIMIT_FSIZE, half)
    before = state(disk / "vault.duckdb", key)
    write(people(100), world / "leavers.csv")
    result = correlate(
        *("vault", "forget", disk / "vault.duckdb", "--subjects", world / "leavers.csv"),
        *("--key", world / "secret.key"),
        **settings,
    )
    assert says(result, "no room left on the disk", "vault.duckdb", "free some space")
    assert state(disk / "vault.duckdb", key) == before
    assert names(disk) == {"vault.duckdb"}


def test_a_disk_too_full_for_the_rejects_is_told_and_the_vault_is_as_before(world, key, small_disk):
    disk, settings = small_disk(4_000_000)
    (world / "bad.csv").write_text("nom,mot_de_passe\n" + ",x\n" * 200_000, encoding="utf-8")
    with nothing_changes(world, key):
        result = correlate(
            *ingest_of(world, world / "bad.csv", "--rejects", disk / "rejects.csv"), **settings
        )
    assert says(result, "rejects.csv cannot be written", *(["too large"] if settings else ["disk is full"]))
    assert names(disk) == set()


def test_a_disk_too_full_for_the_scores_is_told(world, small_disk):
    disk, settings = small_disk(490_000)
    write(people(5_000), world / "subjects.csv")
    result = correlate(
        *("score", world / "vault.duckdb", world / "subjects.csv", "-o", disk / "scores.csv"),
        *("--key", world / "secret.key"),
        **settings,
    )
    assert says(result, "scores.csv cannot be written", *(["too large"] if settings else ["disk is full"]))
    assert names(disk) == set()


NOBODY = 65534


@pytest.fixture
def closed(world, monkeypatch):
    """A vault in a folder that takes no new file, and its key; run by root, the test turns into nobody."""
    outside = Path(tempfile.mkdtemp())
    outside.chmod(0o755)
    shutil.copytree(world, outside / "world")
    everything = [outside / "world", *(outside / "world").iterdir()]
    is_root = os.geteuid() == 0
    monkeypatch.setenv("XDG_CONFIG_HOME", str(outside))
    for path in everything[1:] if is_root else ():
        os.chown(path, NOBODY, NOBODY)
    everything[0].chmod(0o555)
    if is_root:
        os.seteuid(NOBODY)
    yield outside / "world"
    if is_root:
        os.seteuid(0)
    everything[0].chmod(0o755)
    shutil.rmtree(outside)


def test_a_vault_in_a_folder_that_takes_no_file_can_be_read(closed):
    for command in ("info", "verify"):
        result = in_process("vault", command, closed / "vault.duckdb", "--key", closed / "secret.key")
        assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["vault", "create", "{}/other.duckdb"],
        ["ingest", "{}/vault.duckdb", "{}/new.csv", "--breach=free-2024"],
        ["vault", "forget", "{}/vault.duckdb", "--subjects={}/held.csv"],
        ["vault", "remove-breach", "{}/vault.duckdb", "free-2024"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_folder_that_takes_no_file_is_told_and_the_vault_is_as_before(command, closed, key):
    with nothing_changes(closed, key):
        result = in_process(*[part.format(closed) for part in command], "--key", closed / "secret.key")
    assert says(result, "permission denied", "Check who owns")


@pytest.mark.parametrize(
    "command",
    [
        ["ingest", "{}/vault.duckdb", "{}/new.csv", "--breach=free-2024", "--rejects={}/rejects.csv"],
        ["score", "{}/vault.duckdb", "{}/new.csv", "-o", "{}/scores.parquet"],
    ],
    ids=lambda command: command[0],
)
def test_an_output_in_a_folder_that_takes_no_file_is_told(command, closed, key):
    with nothing_changes(closed, key):
        result = in_process(*[part.format(closed) for part in command], "--key", closed / "secret.key")
    assert says(result, "cannot be written")
