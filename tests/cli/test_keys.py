from __future__ import annotations

import stat

from typer.testing import CliRunner

from correlate.tokens import KEY_FILE_VARIABLE, load_key
from correlate_cli.app import app


def invoke(*arguments, **settings):
    return CliRunner().invoke(app, ["key", *map(str, arguments)], **settings)


def test_create_writes_a_key_for_its_owner_alone_and_prints_its_id(tmp_path):
    file = tmp_path / "secret.key"
    result = invoke("create", file)
    assert result.exit_code == 0
    assert result.stdout == f"{load_key(file).key_id}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_create_never_prints_the_key(tmp_path):
    file = tmp_path / "secret.key"
    result = invoke("create", file)
    assert file.read_text(encoding="ascii").strip() not in result.output


def test_create_never_overwrites(tmp_path):
    file = tmp_path / "secret.key"
    invoke("create", file)
    before = file.read_bytes()
    result = invoke("create", file)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "never overwritten" in result.stderr
    assert file.read_bytes() == before


def test_two_keys_have_two_ids(tmp_path):
    assert invoke("create", tmp_path / "a.key").stdout != invoke("create", tmp_path / "b.key").stdout


def test_show_prints_the_id_of_a_key_file(tmp_path):
    file = tmp_path / "secret.key"
    created = invoke("create", file)
    shown = invoke("show", file)
    assert (shown.exit_code, shown.stdout) == (0, created.stdout)


def test_show_falls_back_on_the_file_the_environment_names(tmp_path):
    file = tmp_path / "secret.key"
    created = invoke("create", file)
    assert invoke("show", env={KEY_FILE_VARIABLE: str(file)}).stdout == created.stdout


def test_show_says_what_to_do_when_no_key_is_given():
    result = invoke("show")
    assert result.exit_code == 2
    assert "correlate key create" in result.stderr


def test_show_refuses_a_key_that_others_can_read(tmp_path):
    file = tmp_path / "secret.key"
    invoke("create", file)
    file.chmod(0o644)
    result = invoke("show", file)
    assert result.exit_code == 2
    assert "chmod 600" in result.stderr
