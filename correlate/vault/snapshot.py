"""What a vault holds, in a few numbers: enough to tell later what has come into it and what has left."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

import xxhash

from correlate.vault.terms import reference_breaches
from correlate.vault.vault import ROW_BITS, Vault

__all__ = ["HeldFile", "Snapshot"]


@dataclass(frozen=True, kw_only=True)
class HeldFile:
    """A file: the breach it is of, the records it came with, and those it still has."""

    breach_no: int
    accepted: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A vault at one time; it names no breach and no file.

    Attributes:
        vault_id: tells vaults apart.
        files: by file_no, which no vault gives twice.
        breaches: the keyed name behind each breach_no.
        class_sets: the classes behind each class_set_no.
        reference: by field, the breach_no that tells how common its values are.
        accepted: by breach_no, how many records came with its files.
    """

    vault_id: str
    files: dict[int, HeldFile]
    breaches: dict[int, str]
    class_sets: dict[int, str]
    reference: dict[str, int]
    accepted: dict[int, int]

    @property
    def records(self) -> int:
        """How many records there are."""
        return sum(file.held for file in self.files.values())

    @classmethod
    def of(cls, vault: Vault) -> Self:
        """Take it."""
        engine = vault.engine
        held = dict(
            engine.rows(f"SELECT record_id >> {ROW_BITS} AS file_no, count(*) FROM record GROUP BY ALL")
        )
        files = engine.rows("SELECT file_no, breach_no, rows_accepted FROM file ORDER BY file_no")
        breaches = engine.rows("SELECT breach_no, breach FROM breach SEMI JOIN file USING (breach_no)")
        accepted: dict[int, int] = {}
        for _, breach_no, rows in files:
            accepted[breach_no] = accepted.get(breach_no, 0) + rows
        return cls(
            vault_id=str(engine.scalar("SELECT content FROM meta WHERE name = 'vault_id'")),
            files={
                no: HeldFile(breach_no=breach_no, accepted=rows, held=held.get(no, 0))
                for no, breach_no, rows in files
            },
            breaches={
                no: vault.keyed_checksum(xxhash.xxh3_128_hexdigest(name.encode()))
                for no, name in sorted(breaches)
            },
            class_sets={no: ",".join(classes) for no, classes in vault.class_sets().items()},
            reference=reference_breaches(engine),
            accepted=accepted,
        )

    def document(self) -> dict[str, Any]:
        """As JSON has it: the names of all numbers are text there."""
        document: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return document

    @classmethod
    def parse(cls, document: dict[str, Any]) -> Self:
        """What :meth:`document` gave, as JSON; raises KeyError, TypeError or ValueError if it is not."""
        return cls(
            vault_id=document["vault_id"],
            files={int(no): HeldFile(**file) for no, file in document["files"].items()},
            breaches={int(no): name for no, name in document["breaches"].items()},
            class_sets={int(no): classes for no, classes in document["class_sets"].items()},
            reference={field: int(no) for field, no in document["reference"].items()},
            accepted={int(no): int(rows) for no, rows in document["accepted"].items()},
        )
