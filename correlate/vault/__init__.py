"""The vault: a DuckDB file of tokens, attribute classes and provenance, bound to one key."""

from correlate.vault.engine import Engine, EngineFailed, Limits, Step, quote_identifier
from correlate.vault.erase import erase_records, remove_breach
from correlate.vault.errors import (
    FileInOtherBreach,
    OutOfMemory,
    OutOfSpace,
    VaultDamaged,
    VaultExists,
    VaultInUse,
    VaultMissing,
    VaultTooNew,
    WrongKey,
)
from correlate.vault.ingest import Dropped, IngestReport, Progress, ahead, date_order, ingest
from correlate.vault.schema import SCHEMA_VERSION
from correlate.vault.vault import BreachHolding, Vault, VaultInfo
from correlate.vault.verify import Finding, verify

__all__ = [
    "SCHEMA_VERSION",
    "BreachHolding",
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
    "Step",
    "Vault",
    "VaultDamaged",
    "VaultExists",
    "VaultInUse",
    "VaultInfo",
    "VaultMissing",
    "VaultTooNew",
    "WrongKey",
    "ahead",
    "date_order",
    "erase_records",
    "ingest",
    "quote_identifier",
    "remove_breach",
    "verify",
]
