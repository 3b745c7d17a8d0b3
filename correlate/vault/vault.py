"""The vault: one DuckDB file of tokens, bound to one key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from correlate.tokens import DEFAULT_SCHEME, TOKENS_VERSION, SecretKey, Tokeniser
from correlate.vault.connection import Limits
from correlate.vault.engine import Engine
from correlate.vault.errors import (
    VaultDamaged,
    VaultExists,
    VaultMissing,
    VaultTokensOld,
    VaultTooNew,
    VaultTooOld,
    WrongKey,
)
from correlate.vault.forms import FormBook
from correlate.vault.replacing import remove_leftovers, replacement, take_place
from correlate.vault.schema import migrate, newest
from correlate.vocabulary import AttributeClass

__all__ = ["ROW_BITS", "BreachHolding", "Vault", "VaultInfo", "parse_classes"]


ROW_BITS = 40
"""A record_id is the number of its file, and in so many bits its row there."""


@dataclass(frozen=True, kw_only=True)
class BreachHolding:
    """What a vault holds of one breach."""

    breach: str
    files: int
    records: int
    rejected: int


@dataclass(frozen=True, kw_only=True)
class VaultInfo:
    """A vault's facts, for people: nothing in it is secret or personal."""

    path: Path
    key_id: str
    scheme: str
    schema_version: int
    size_bytes: int
    records: int
    link_keys: int
    breaches: tuple[BreachHolding, ...]


class Vault:
    """An open vault. Use it as a context manager; make one with ``create``, open one with ``open``."""

    def __init__(self, *, engine: Engine, tokeniser: Tokeniser) -> None:
        """Bind an engine to a tokeniser; callers use ``create`` and ``open``."""
        self.engine = engine
        self.tokeniser = tokeniser
        self.forms = FormBook(engine)

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.engine.path

    @property
    def key_id(self) -> str:
        """The name of the key whose tokens it holds."""
        return self.tokeniser.key_id

    @classmethod
    def create(cls, path: Path, key: SecretKey, *, scheme: str = DEFAULT_SCHEME) -> Vault:
        """Make an empty vault at ``path``, readable by the user alone, and open it to write.

        Raises:
            VaultExists: something has its name; a killed process's log counts too.
            VaultMissing, VaultForbidden, OutOfSpace: its folder does not take it.
        """
        for taken in (path, path.with_name(f"{path.name}.wal")):
            if taken.exists():
                raise VaultExists(path=taken)
        if not path.parent.is_dir():
            raise VaultMissing(path=path, reason="its folder does not exist; create it first")
        tokeniser = Tokeniser(key, scheme=scheme)
        file = path.resolve()
        with replacement(file, told_as=path) as engine:
            with engine.transaction():
                migrate(engine, since=0)
                engine.execute(
                    "INSERT INTO meta VALUES ('key_id', ?), ('scheme', ?), ('tokens', ?)",
                    [tokeniser.key_id, scheme, str(TOKENS_VERSION)],
                )
            take_place(engine, file)
        return cls.open(path, key, write=True)

    @classmethod
    def open(cls, path: Path, key: SecretKey, *, write: bool = False, limits: Limits | None = None) -> Vault:
        """Open a vault, for reading unless ``write``.

        An older one is migrated when it is opened to write.

        Raises:
            VaultMissing, VaultForbidden, VaultInUse, VaultDamaged: the file cannot be used.
            VaultTooNew, VaultTooOld: another version of this program made it.
            WrongKey: it was made with another key; both key ids are named.
            VaultTokensOld: its tokens were constructed otherwise than this program's.
        """
        if not path.exists():
            raise VaultMissing(path=path, reason="no such file")
        engine = Engine(path, write=write, limits=limits)
        try:
            return cls._checked(engine, key, write=write)
        except BaseException:
            engine.close()
            raise

    @classmethod
    def _checked(cls, engine: Engine, key: SecretKey, *, write: bool) -> Vault:
        meta = _read_meta(engine)
        found = int(meta["schema_version"])
        if found > newest():
            raise VaultTooNew(path=engine.path, found=found, known=newest())
        if meta["key_id"] != key.key_id:
            raise WrongKey(path=engine.path, vault_key=meta["key_id"], given_key=key.key_id)
        # The first vaults did not say; their construction was 1.
        if (tokens := meta.get("tokens", "1")) != str(TOKENS_VERSION):
            raise VaultTokensOld(path=engine.path, found=tokens, known=TOKENS_VERSION)
        if found < newest() and not write:
            raise VaultTooOld(path=engine.path, found=found, known=newest())
        if write:
            remove_leftovers(engine.file)
        if found < newest():
            with engine.transaction():
                migrate(engine, since=found)
        return cls(engine=engine, tokeniser=Tokeniser(key, scheme=meta["scheme"]))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.engine.close()

    def info(self) -> VaultInfo:
        """Count what it holds."""
        holdings = self.engine.rows(
            """
            WITH
                filed AS (
                    SELECT breach_no, count(*) AS files, sum(rows_rejected)::BIGINT AS rejected
                    FROM file GROUP BY breach_no
                ),
                held AS (SELECT breach_no, count(*) AS records FROM record GROUP BY breach_no)
            SELECT breach, files, coalesce(records, 0), rejected
            FROM breach JOIN filed USING (breach_no) LEFT JOIN held USING (breach_no) ORDER BY breach
            """
        )
        meta = dict(self.engine.rows("SELECT name, content FROM meta"))
        return VaultInfo(
            path=self.path,
            key_id=meta["key_id"],
            scheme=meta["scheme"],
            schema_version=int(meta["schema_version"]),
            size_bytes=self.engine.file.stat().st_size,
            records=int(self.engine.scalar("SELECT count(*) FROM record")),
            link_keys=int(self.engine.scalar("SELECT count(*) FROM link_key")),
            breaches=tuple(
                BreachHolding(breach=breach, files=files, records=records, rejected=rejected)
                for breach, files, records, rejected in holdings
            ),
        )

    def keyed_checksum(self, checksum: str) -> str:
        """A file's checksum under the vault's key: that of a file of one row would give the row away by
        trial.
        """
        digest = np.frombuffer(bytes.fromhex(checksum), dtype=np.uint8).reshape(1, -1)
        return self.tokeniser.scheme.tokens("file-checksum", digest).astype(">i8").tobytes().hex()

    def class_sets(self) -> dict[int, tuple[AttributeClass, ...]]:
        """The attribute classes behind each class_set_no."""
        rows = self.engine.rows("SELECT class_set_no, classes FROM class_set ORDER BY class_set_no")
        return {number: parse_classes(text) for number, text in rows}


def parse_classes(text: str) -> tuple[AttributeClass, ...]:
    """Class codes as the vault writes them: separated by commas, in the vocabulary's order."""
    return tuple(AttributeClass(code) for code in text.split(",") if code)


def _read_meta(engine: Engine) -> dict[str, str]:
    """The vault's facts; raises VaultDamaged where a database is no vault."""
    columns = engine.rows(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'meta' AND database_name <> 'temp'"
    )
    if {("name",), ("content",)} <= set(columns):
        meta = dict(engine.rows("SELECT name, content FROM meta"))
        if {"schema_version", "key_id", "scheme"} <= meta.keys() and str(meta["schema_version"]).isdecimal():
            return meta
    raise VaultDamaged(path=engine.path, reason="it is a database, and no vault")
