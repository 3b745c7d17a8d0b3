from __future__ import annotations

import os
import pty
import re
import sys
from contextlib import contextmanager
from unittest import mock

from correlate_cli.log import configure_log
from correlate_cli.progress import progress


def work(total_bytes=4096):
    with progress("Ingesting", total_bytes) as advance:
        for _ in range(4):
            advance(1024, rows=250_000)


@contextmanager
def terminal():
    """A terminal behind stderr; yields the function that ends the session and tells what was drawn."""
    controller, screen = pty.openpty()

    def drawn():
        print("end of the session", file=stream, flush=True)
        shown = b""
        while b"end of the session" not in shown:
            shown += os.read(controller, 65_536)
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())

    # Here and not in a fixture: pytest puts its own stderr in place between the two.
    with (
        os.fdopen(screen, "w") as stream,
        mock.patch.object(sys, "stderr", stream),
        mock.patch.dict(os.environ, {"TERM": "xterm", "COLUMNS": "120"}),
    ):
        yield drawn
    os.close(controller)


def test_nothing_is_drawn_where_stderr_is_no_terminal(capsys):
    work()
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_a_terminal_shows_bytes_and_rows_a_second():
    with terminal() as drawn:
        work()
        shown = drawn()
    assert "Ingesting" in shown
    assert "4.0/4.0 KiB" in shown
    assert re.search(r"1,000,000 rows, [\d,]+/s", shown)


def test_quiet_draws_nothing_on_a_terminal_either():
    configure_log(quiet=True)
    with terminal() as drawn:
        work()
        assert "Ingesting" not in drawn()


def test_work_of_unknown_size_is_drawn_too():
    with terminal() as drawn:
        work(total_bytes=None)
        assert "Ingesting" in drawn()


def test_work_that_rows_measure_shows_them_and_no_bytes():
    with terminal() as drawn:
        with progress("Making people", None, total_rows=1_000) as advance:
            for _ in range(2):
                advance(0, rows=500)
        shown = drawn()
    assert "1,000 rows" in shown
    assert "0:00" in shown, "the time left is told"
    assert "bytes" not in shown
