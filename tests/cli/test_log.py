from __future__ import annotations

import logging

import pytest

from correlate_cli.log import configure_log, is_quiet

LEAKED = "255081416802538"
log = logging.getLogger("correlate.vault.ingest")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, ["a warning", "an error"]),
        ({"verbose": True}, ["a step", "a warning", "an error"]),
        ({"quiet": True}, ["an error"]),
    ],
)
def test_as_much_is_logged_as_is_asked_for(options, told, capsys):
    configure_log(**options)
    log.info("a step")
    log.warning("a warning")
    log.error("an error")
    shown = capsys.readouterr()
    assert [line.partition("ingest: ")[2] for line in shown.err.splitlines()] == told
    assert shown.out == ""


def test_a_line_is_logged_once_however_often_the_log_is_configured(capsys):
    configure_log()
    configure_log()
    log.warning("once")
    assert capsys.readouterr().err.count("once") == 1


def test_the_text_of_a_logged_exception_is_withheld(capsys):
    configure_log()
    try:
        int(LEAKED + "x")
    except ValueError:
        log.exception("the row cannot be read")
    told = capsys.readouterr().err
    assert told.endswith("the row cannot be read\nValueError\n")
    assert LEAKED not in told


def test_quiet_is_what_the_log_says_it_is():
    configure_log(quiet=True)
    assert is_quiet()
    configure_log()
    assert not is_quiet()
