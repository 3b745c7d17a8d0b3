"""The secret key and its file."""

from __future__ import annotations

import copy
import errno
import os
import pickle
import stat
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correlate.errors import KeyFileError
from correlate.tokens import (
    KEY_FILE_VARIABLE,
    KeyFileDamaged,
    KeyFileExists,
    KeyFileExposed,
    KeyFileMissing,
    KeyFileUnwritable,
    KeyNotGiven,
    SecretKey,
    create_key,
    load_key,
)

from .oracle import SECRET, subkey

HEX = SECRET.hex()


@pytest.fixture
def key_file(tmp_path):
    def write(content, mode=0o600):
        path = tmp_path / "vault.key"
        path.write_bytes(content)
        path.chmod(mode)
        return path

    return write


def test_a_new_key_is_written_for_its_owner_alone_and_read_back(tmp_path):
    path = tmp_path / "vault.key"
    before = os.umask(0)
    try:
        key = create_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(path) == key
    assert len(key.secret) == 32


def test_no_two_keys_are_alike(tmp_path):
    keys = {create_key(tmp_path / f"{number}.key").secret for number in range(8)}
    assert len(keys) == 8


def test_a_key_is_never_overwritten(key_file):
    path = key_file(b"something else")
    with pytest.raises(KeyFileExists, match=r"vault\.key"):
        create_key(path)
    assert path.read_bytes() == b"something else"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path):
    link = tmp_path / "vault.key"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileExists):
        create_key(link)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_not_there_takes_no_key(tmp_path):
    with pytest.raises(KeyFileUnwritable, match="No such file"):
        create_key(tmp_path / "nowhere" / "vault.key")


def test_a_full_disk_leaves_no_half_a_key(tmp_path, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileUnwritable, match="No space left"):
        create_key(tmp_path / "vault.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o601, 0o777])
def test_a_file_that_others_can_touch_is_refused(key_file, mode):
    path = key_file(HEX.encode(), mode)
    with pytest.raises(KeyFileExposed, match=rf"mode 0{mode:o}\).*chmod 600"):
        load_key(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_the_owner_alone_is_read(key_file, mode):
    assert load_key(key_file(HEX.encode() + b"\n", mode)).secret == SECRET


@pytest.mark.parametrize("content", [HEX, HEX.upper(), f"  {HEX}\r\n", f"\n{HEX}\n\n"])
def test_white_space_and_case_do_not_matter(key_file, content):
    assert load_key(key_file(content.encode())).secret == SECRET


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        HEX[:-1].encode(),
        HEX.encode() + b"0",
        HEX.encode() * 2,
        f"{HEX[:32]} {HEX[32:]}".encode(),
        HEX.encode() + b"\0",
        HEX.encode("utf-16"),
        "é".encode() * 32,
        b"g" * 64,
        b"\xff" * 64,
        b"0" * 10_000,
        SECRET,
    ],
)
def test_anything_else_is_no_key(key_file, content):
    with pytest.raises(KeyFileDamaged, match="64 hexadecimal digits"):
        load_key(key_file(content))


def test_a_missing_file_or_a_folder_is_named(tmp_path):
    with pytest.raises(KeyFileMissing, match=r"none\.key.*No such file"):
        load_key(tmp_path / "none.key")
    with pytest.raises(KeyFileMissing, match="directory"):
        load_key(tmp_path)


def test_the_environment_names_the_file_and_an_argument_goes_before(key_file, tmp_path):
    path = key_file(HEX.encode())
    environ = {KEY_FILE_VARIABLE: str(path)}
    assert load_key(environ=environ).secret == SECRET
    other = create_key(tmp_path / "other.key")
    assert load_key(tmp_path / "other.key", environ=environ) == other


@pytest.mark.parametrize("environ", [{}, {KEY_FILE_VARIABLE: ""}])
def test_without_a_key_nothing_is_read(environ):
    with pytest.raises(KeyNotGiven, match="--key FILE"):
        load_key(environ=environ)


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_secret_of_another_size_is_refused(size):
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(secret=bytes(size))


def test_the_key_id_is_the_published_one():
    """The vector of docs/decisions/0001-tokens.md: secret 00 01 02 … 1f."""
    assert SecretKey(secret=SECRET).key_id == "8fb5025992b333dc"
    assert SecretKey(secret=SECRET).key_id == subkey("key-id", 8).hex()


@given(st.binary(min_size=32, max_size=32))
def test_the_key_id_holds_nothing_of_the_key_nor_of_its_subkeys(secret):
    key = SecretKey(secret=secret)
    name = bytes.fromhex(key.key_id)
    assert len(name) == 8
    for other in (secret, key.subkey("aes-cmac-64/nir"), key.subkey("hmac-sha256-64/nir", length=32)):
        assert name[:4] not in other


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_key_ids_are_stable_and_differ(one, other):
    ids = [SecretKey(secret=secret).key_id for secret in (one, one, other)]
    assert ids[0] == ids[1]
    assert (ids[0] == ids[2]) == (one == other)


def test_a_key_shows_itself_nowhere():
    key = SecretKey(secret=SECRET)
    for text in (repr(key), str(key), f"{key}", repr([key]), repr({"key": key})):
        assert text.replace("[", "").endswith(("SecretKey()", "SecretKey()]", "SecretKey()}"))


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_is_neither_pickled_nor_copied(write):
    with pytest.raises(TypeError, match="never pickled") as caught:
        write(SecretKey(secret=SECRET))
    assert HEX not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "mode"),
    [(HEX.encode(), 0o644), (HEX.encode() + b"00", 0o600), (HEX.encode() + b"\xe9", 0o600), (SECRET, 0o600)],
)
def test_an_error_holds_nothing_of_the_file(key_file, content, mode):
    """Not in its text, its pickle, nor in the errors that stand behind it."""
    with pytest.raises(KeyFileError) as caught:
        load_key(key_file(content, mode))
    error = caught.value
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)).encode() + pickle.dumps(error) + repr(error).encode()
    assert HEX[:12].encode() not in shown
    assert SECRET[:8] not in shown
    assert type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301  # our own error
