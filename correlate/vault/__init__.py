"""The vault: a DuckDB file of tokens, attribute classes and provenance, bound to one key."""

from correlate.vault.batches import ahead, awaited, rejected_rows, side_by_side, tokenised
from correlate.vault.compact import CompactReport, compact
from correlate.vault.connection import Limits, engine_bytes
from correlate.vault.engine import Engine, Step, quote_identifier
from correlate.vault.erase import erase_records, remove_breach
from correlate.vault.errors import (
    EngineFailed,
    FileInOtherBreach,
    OutOfMemory,
    OutOfSpace,
    TooLittleSpace,
    VaultDamaged,
    VaultExists,
    VaultForbidden,
    VaultInUse,
    VaultMissing,
    VaultTokensOld,
    VaultTooNew,
    VaultTooOld,
    WrongKey,
)
from correlate.vault.forms import RECORD_COLUMNS
from correlate.vault.ingest import Dropped, IngestReport, Progress, ingest
from correlate.vault.runs import sorted_run
from correlate.vault.snapshot import Snapshot
from correlate.vault.terms import TERM_FIELDS, reference_breaches
from correlate.vault.vault import ROW_BITS, BreachHolding, Vault, VaultInfo, parse_classes
from correlate.vault.verify import Finding, verify

__all__ = [
    "RECORD_COLUMNS",
    "ROW_BITS",
    "TERM_FIELDS",
    "BreachHolding",
    "CompactReport",
    "Dropped",
    "Engine",
    "EngineFailed",
    "FileInOtherBreach",
    "Finding",
    "IngestReport",
    "Limits",
    "OutOfMemory",
    "OutOfSpace",
    "Progress",
    "Snapshot",
    "Step",
    "TooLittleSpace",
    "Vault",
    "VaultDamaged",
    "VaultExists",
    "VaultForbidden",
    "VaultInUse",
    "VaultInfo",
    "VaultMissing",
    "VaultTokensOld",
    "VaultTooNew",
    "VaultTooOld",
    "WrongKey",
    "ahead",
    "awaited",
    "compact",
    "engine_bytes",
    "erase_records",
    "ingest",
    "parse_classes",
    "quote_identifier",
    "reference_breaches",
    "rejected_rows",
    "remove_breach",
    "side_by_side",
    "sorted_run",
    "tokenised",
    "verify",
]
