from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from types import ModuleType

import duckdb
import polars as pl
import pytest
import typer

from correlate.errors import InputError
from correlate_cli.failure import stopping, tell_defect, tell_stop

# A synthetic NIR: what no message may ever hold.
LEAKED = "255081416802538"

# A job in the background of some shells is born deaf to SIGINT, and so are its children: hear it here.
PROGRAM = """
import signal, sys, threading, time
from correlate_cli.app import app, main

signal.signal(signal.SIGINT, signal.default_int_handler)

@app.command()
def work():
    {body}

main()
"""


def run(body):
    """Run a command with ``body`` as its work, in the real frame and in a process of its own."""
    program = PROGRAM.replace("{body}", body)
    return subprocess.run(
        [sys.executable, "-c", program, "work"], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InputError(reason="no header"), "Error: The input cannot be used: no header."),
        (KeyboardInterrupt(), "Error: interrupted; nothing half-done is kept."),
        (MemoryError(LEAKED), "Error: the machine ran out of memory."),
        (typer.Abort(), "Error: stopped without an answer"),
        (EOFError(LEAKED), "Error: stopped without an answer"),
        (OSError(errno.ENOSPC, LEAKED), "Error: No space left on device. Free some room"),
        (PermissionError(errno.EACCES, LEAKED, "a.csv"), "Error: Permission denied: a.csv. Check who may"),
        (FileNotFoundError(errno.ENOENT, LEAKED, "a.csv"), "Error: No such file or directory: a.csv. Check"),
        (IsADirectoryError(errno.EISDIR, LEAKED, "a"), "Error: Is a directory: a."),
        (FileNotFoundError(LEAKED), "Error: the operating system refused"),
        (duckdb.IOException(LEAKED), "Error: the database engine could not read or write its files"),
        (duckdb.OutOfMemoryException(LEAKED), "Error: the machine ran out of memory."),
        (duckdb.InterruptException(LEAKED), "Error: interrupted"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_a_stop_is_told_without_the_text_of_others(error, message, capsys):
    assert isinstance(error, stopping())
    assert tell_stop(error) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(message)
    assert LEAKED not in told.err


@pytest.mark.parametrize("engine", [None, ModuleType("duckdb")], ids=["not loaded", "half loaded"])
def test_a_stop_before_the_engine_is_loaded_is_told_too(engine, monkeypatch, capsys):
    """An interrupt may come while it is."""
    monkeypatch.setitem(sys.modules, "duckdb", engine)
    assert isinstance(KeyboardInterrupt(), stopping())
    assert tell_stop(KeyboardInterrupt()) == 2
    assert capsys.readouterr().err.startswith("Error: interrupted")
    assert not isinstance(duckdb.IOException(LEAKED), stopping())


def test_a_reader_that_left_is_told_nothing(capsys):
    assert tell_stop(BrokenPipeError(errno.EPIPE, "Broken pipe")) == 2
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "error",
    [
        ValueError(LEAKED),
        KeyError(LEAKED),
        duckdb.ConversionException(LEAKED),
        pl.exceptions.ComputeError(LEAKED),
    ],
)
def test_a_defect_is_told_by_its_kind_alone(error, capsys):
    assert not isinstance(error, stopping())
    assert tell_defect(error) == 3
    told = capsys.readouterr().err
    assert type(error).__name__ in told
    assert LEAKED not in told


def test_a_defect_names_the_lines_of_code_it_passed(capsys):
    try:
        int(LEAKED + "x")
    except ValueError as error:
        tell_defect(error)
    assert "in test_a_defect_names_the_lines_of_code_it_passed" in capsys.readouterr().err


def test_an_uncaught_error_ends_with_exit_code_3_and_without_its_text_or_that_of_its_cause():
    body = f"""
    try:
        int('{LEAKED}x')
    except ValueError as error:
        raise KeyError('{LEAKED}') from error
"""
    result = run(body.strip())
    assert result.returncode == 3
    assert "Error: a defect of this program (KeyError)" in result.stderr
    assert LEAKED not in result.stdout + result.stderr


def test_an_error_in_a_thread_or_a_destructor_is_withheld():
    body = f"""
    thread = threading.Thread(target=int, args=('{LEAKED}x',))
    thread.start()
    thread.join()
    type('Thing', (), {{'__del__': lambda self: {{}}['{LEAKED}']}})()
"""
    result = run(body.strip())
    assert "(ValueError)" in result.stderr
    assert "(KeyError)" in result.stderr
    assert LEAKED not in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_command_tidy_up_and_end_with_exit_code_2(number, tmp_path):
    begun, tidied = tmp_path / "begun", tmp_path / "tidied"
    body = f"""
    try:
        open({str(begun)!r}, "w").close()
        # A signal that comes in the instant before a sleep begins does not end that sleep.
        for _ in range(600):
            time.sleep(0.1)
    finally:
        open({str(tidied)!r}, "w").close()
"""
    program = PROGRAM.replace("{body}", body.strip())
    with subprocess.Popen(
        [sys.executable, "-c", program, "work"], stderr=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None and not begun.exists():
            time.sleep(0.01)
        os.kill(process.pid, number)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert told.startswith("Error: interrupted")
    assert tidied.exists()
