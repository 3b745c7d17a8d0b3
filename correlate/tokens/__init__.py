"""Secret key, schemes and tokens: fields in, keyed 64-bit integers out."""

from correlate.tokens.exposed import CLASS_PREFIX, ClassSets, TooManyColumns
from correlate.tokens.fingerprint import fingerprints, mixed
from correlate.tokens.key import (
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
from correlate.tokens.linkage_key import KEY_KINDS, KeyKind, linkage_keys
from correlate.tokens.memory import Memory
from correlate.tokens.people import TOKEN_COLUMNS, People
from correlate.tokens.scheme import DEFAULT_SCHEME, SCHEMES, TOKENS_VERSION, Scheme, Tokens, UnknownScheme
from correlate.tokens.sketch import SKETCH_SLOTS, equal_slots
from correlate.tokens.tokeniser import Tokeniser

__all__ = [
    "CLASS_PREFIX",
    "DEFAULT_SCHEME",
    "KEY_FILE_VARIABLE",
    "KEY_KINDS",
    "SCHEMES",
    "SKETCH_SLOTS",
    "TOKENS_VERSION",
    "TOKEN_COLUMNS",
    "ClassSets",
    "KeyFileDamaged",
    "KeyFileExists",
    "KeyFileExposed",
    "KeyFileMissing",
    "KeyFileUnwritable",
    "KeyKind",
    "KeyNotGiven",
    "Memory",
    "People",
    "Scheme",
    "SecretKey",
    "Tokeniser",
    "Tokens",
    "TooManyColumns",
    "UnknownScheme",
    "create_key",
    "equal_slots",
    "fingerprints",
    "linkage_keys",
    "load_key",
    "mixed",
]
