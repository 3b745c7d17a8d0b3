"""Whenever a process is killed or interrupted, the vault is what it was before, or what it is after."""

from __future__ import annotations

import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from correlate.vault import Engine, Vault, ingest, replacing
from correlate_cli.app import app
from tests.vault.leaks import (
    FIRST_NAMES,
    FRANCE_TRAVAIL,
    FREE,
    SURNAMES,
    is_whole,
    key_file,
    names,
    people,
    says,
    state,
    tables,
    write,
)

pytestmark = pytest.mark.long

# Says when everything is imported: before that there is nothing to interrupt.
# A shell starts what runs in the background deaf to Ctrl-C, and that is handed on: here it is to be heard.
READY = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from correlate import *; import correlate_cli.ingest, correlate_cli.vaults; "
    "from correlate_cli.app import main; print('ready', flush=True); main()"
)
COMMANDS = {
    "ingest": [
        "ingest",
        "{vault}",
        "{folder}/new.csv",
        "--breach",
        "free-2024",
        "--rejects",
        "{vault}.rejects",
    ],
    "forget": ["vault", "forget", "{vault}", "--subjects", "{folder}/leavers.csv"],
    "compact": ["vault", "compact", "{vault}"],
    "remove-breach": ["vault", "remove-breach", "{vault}", "free-2024"],
}


def command(name, folder, vault):
    given = [part.format(folder=folder, vault=vault) for part in COMMANDS[name]]
    return [*given, "--key", str(folder / "secret.key")]


def a_world(folder, key, *, held, new, leaving):
    """A vault with two breaches, a file to ingest, and people to forget."""
    key_file(folder, key)
    with Vault.create(folder / "vault.duckdb", key) as vault:
        ingest(vault, write(people(held, seed=1), folder / "free.parquet"), FREE)
        ingest(vault, write(people(held, seed=2), folder / "travail.parquet"), FRANCE_TRAVAIL)
    write(people(held, seed=1).head(leaving), folder / "leavers.csv")
    write(people(new, seed=3), folder / "new.csv")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory, key):
    return a_world(tmp_path_factory.mktemp("small"), key, held=80, new=80, leaving=20)


@pytest.fixture(scope="module")
def large(tmp_path_factory, key):
    """Large enough for each command to work for a second or so."""
    return a_world(tmp_path_factory.mktemp("large"), key, held=25_000, new=80_000, leaving=1_500)


def done(name, folder, vault):
    """Let the command run to its end."""
    result = CliRunner().invoke(app, command(name, folder, vault))
    assert result.exit_code == 0, result.output


def in_one_order(vault, key):
    """Whether the linkage keys are sorted as one, as they are when compacted."""
    with Vault.open(vault, key) as opened:
        opened.engine.execute("SET preserve_insertion_order = true")
        return opened.engine.frame("SELECT key FROM link_key")["key"].is_sorted()


def seen(vault, key):
    """Every row of every table, and whether the linkage keys lie in one order."""
    return tables(vault, key), in_one_order(vault, key)


class Snapshots:
    """Copies a folder before and after each statement of the engine and each move of a file.

    What lies in the files then is what a process killed at that instant leaves: SIGKILL writes nothing more.
    """

    def __init__(self, folder, into, monkeypatch):
        self.folder, self.into, self.taken = folder, into, []
        for owner, name in [
            (Engine, "execute"),
            (Engine, "disconnect"),
            (Engine, "close"),
            (replacing, "remove_database"),
            (replacing, "_flush_folder"),
        ]:
            monkeypatch.setattr(owner, name, self.around(getattr(owner, name)))

    def around(self, work):
        def watched(*arguments, **settings):
            self.take()
            result = work(*arguments, **settings)
            self.take()
            return result

        return watched

    def take(self):
        contents = {entry.name: entry.read_bytes() for entry in self.folder.iterdir() if entry.is_file()}
        if not self.taken or contents != self.taken[-1][1]:
            self.taken.append((self.into / f"{len(self.taken):03}", contents))

    def written(self):
        for folder, contents in self.taken:
            folder.mkdir()
            for name, content in contents.items():
                (folder / name).write_bytes(content)
            yield folder / "vault.duckdb"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_process_killed_at_any_statement_leaves_the_vault_as_before_or_after(
    name, small, tmp_path, key, monkeypatch
):
    (tmp_path / "live").mkdir()
    vault = shutil.copy(small / "vault.duckdb", tmp_path / "live" / "vault.duckdb")
    before = seen(vault, key)
    with monkeypatch.context() as patch:
        snapshots = Snapshots(tmp_path / "live", tmp_path, patch)
        done(name, small, vault)
        snapshots.take()
    after = seen(vault, key)
    assert before != after
    assert len(snapshots.taken) >= 4
    states = []
    for killed in snapshots.written():
        assert is_whole(killed, key)
        states.append(seen(killed, key))
        assert states[-1] in (before, after)
        done(name, small, killed)
        assert seen(killed, key) == after
        left = {entry for entry in names(killed.parent) if not entry.endswith(".part")}
        assert left <= {"vault.duckdb", "vault.duckdb.rejects"}
    assert sum(one != other for one, other in pairwise(states)) == 1
    assert states[0] == before
    assert states[-1] == after


def started(name, folder, vault, **settings):
    process = subprocess.Popen(
        [sys.executable, "-c", READY, *command(name, folder, vault)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **settings,
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture(scope="module")
def seconds(large, tmp_path_factory):
    """How long a command works when nobody disturbs it: measured when first asked for."""

    @functools.cache
    def took(name):
        vault = shutil.copy(large / "vault.duckdb", tmp_path_factory.mktemp("timing") / "vault.duckdb")
        start = time.monotonic()
        done(name, large, vault)
        return time.monotonic() - start

    return took


# Many more of them with KILLS=20.
KILLED = [("ingest", 0.6), ("forget", 0.8), ("compact", 0.6)]
KILLED += [
    (name, 0.3 + 0.7 * number / int(os.environ["KILLS"]))
    for name in ("ingest", "compact")
    for number in range(int(os.environ.get("KILLS", "0")))
]


@pytest.mark.parametrize(("name", "share"), KILLED)
def test_a_process_killed_at_a_random_instant_can_simply_be_run_again(
    name, share, large, seconds, tmp_path, key
):
    vault = shutil.copy(large / "vault.duckdb", tmp_path / "vault.duckdb")
    before = [state(vault, key), in_one_order(vault, key)]
    process = started(name, large, vault)
    time.sleep(random.Random(f"{name} {share}").uniform(share - 0.3, share + 0.1) * seconds(name))
    process.kill()
    process.communicate()
    assert is_whole(vault, key)
    found = [state(vault, key), in_one_order(vault, key)]
    done(name, large, vault)
    after = [state(vault, key), in_one_order(vault, key)]
    assert found in (before, after)
    assert before != after
    assert is_whole(vault, key)


def interrupted(name, folder, vault, seconds):
    """Interrupt the command in the midst of its work: sooner, if it was through before the signal came."""
    for share in (0.5, 0.3, 0.1):
        shutil.copy(folder / "vault.duckdb", vault)
        process = started(name, folder, vault)
        time.sleep(share * seconds)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        # At the very end nothing is left to interrupt but the program's own leaving.
        if process.returncode and stderr:
            return subprocess.CompletedProcess([], process.returncode, stdout, stderr)
        (vault.parent / f"{vault.name}.rejects").unlink(missing_ok=True)
    return pytest.fail("the command was always through before it was interrupted")


@pytest.mark.parametrize("name", ["ingest", "forget", "remove-breach"])
def test_an_interrupt_ends_with_one_message_and_nothing_half_done(name, large, seconds, tmp_path, key):
    """``forget`` may have erased already, and be searching for the same people once more."""
    vault = tmp_path / "vault.duckdb"
    result = interrupted(name, large, vault, seconds(name))
    assert says(result, "interrupted", "nothing half-done is kept", "Run the same command again")
    assert result.stdout == ""
    assert names(tmp_path) == {"vault.duckdb"}
    assert is_whole(vault, key)
    found = state(vault, key)
    done(name, large, vault)
    assert found in (state(large / "vault.duckdb", key), state(vault, key))


def test_what_a_killed_process_leaves_holds_no_value(large, tmp_path):
    """Neither the log, nor what was spilled, nor the vault itself."""
    vault = shutil.copy(large / "vault.duckdb", tmp_path / "vault.duckdb")
    process = started("ingest", large, vault)
    untouched = vault.stat().st_size
    while vault.stat().st_size == untouched and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    some = people(80_000, seed=3).head(20)
    needles = ["fictif.", "s3cret", *SURNAMES, *FIRST_NAMES, *some["nir"], *some["telephone"]]
    for file in (entry for entry in tmp_path.rglob("*") if entry.is_file()):
        content = file.read_bytes()
        assert [needle for needle in needles if needle.encode() in content] == []


def test_a_log_left_by_a_killed_process_is_used_by_readers_too(tmp_path, key):
    """The next to open may only be allowed to read."""
    with Vault.create(tmp_path / "vault.duckdb", key):
        pass
    script = (
        "import os, sys; from pathlib import Path; from correlate.tokens import load_key\n"
        "from correlate.vault import Vault\n"
        "vault = Vault.open(Path(sys.argv[1]), load_key(Path(sys.argv[2])), write=True)\n"
        "vault.engine.execute(\"INSERT INTO breach VALUES (1, 'free-2024')\")\n"
        "os.kill(os.getpid(), 9)\n"
    )
    file = key_file(tmp_path, key)
    ended = subprocess.run([sys.executable, "-c", script, tmp_path / "vault.duckdb", file], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "vault.duckdb.wal").stat().st_size > 0
    for _ in range(2):
        with Vault.open(tmp_path / "vault.duckdb", key) as vault:
            assert vault.engine.rows("SELECT breach FROM breach") == [("free-2024",)]
    assert (tmp_path / "vault.duckdb.wal").stat().st_size > 0
    Vault.open(tmp_path / "vault.duckdb", key, write=True).close()
    assert names(tmp_path) == {"vault.duckdb", "secret.key"}
    with Vault.open(tmp_path / "vault.duckdb", key) as vault:
        assert vault.engine.rows("SELECT breach FROM breach") == [("free-2024",)]
