from __future__ import annotations

from correlate_cli.exit_code import ExitCode


def test_scripts_can_rely_on_the_numbers():
    assert {code.name: code.value for code in ExitCode} == {
        "DONE": 0,
        "FINDINGS": 1,
        "STOPPED": 2,
        "DEFECT": 3,
    }
