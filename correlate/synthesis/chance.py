"""Chance that does not depend on the order in which it is asked for.

Two sources. A chunk of people has its own Philox stream, seeded by (seed, chunk, purpose). Attributes that
several files must agree on (a telephone number, an address) are pure functions of the person's number: they
are hashed, not drawn, so no file has to be made before another.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["Flags", "Floats", "Ints", "mixed", "normal", "scrambled", "stream", "uniform"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_GOLDEN, _STEP = 0x9E3779B97F4A7C15, 0xA0761D6478BD642F


def stream(seed: int, chunk: int, purpose: str) -> np.random.Generator:
    """Give the generator of one chunk and one purpose, unrelated to every other."""
    entropy = (seed, chunk, zlib.crc32(purpose.encode()))
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(entropy)))


def mixed(numbers: Ints, seed: int, purpose: str, variant: Ints | int = 0) -> NDArray[np.uint64]:
    """Hash numbers to 64 bits each (the finaliser of SplitMix64, Steele and others 2014); not a secret."""
    z: NDArray[np.uint64] = numbers.astype(np.uint64)
    z *= np.uint64(_GOLDEN)
    if isinstance(variant, int):
        z += np.uint64((_salt(seed, purpose) + variant * _STEP) % 2**64)
    else:
        z += np.uint64(_salt(seed, purpose))
        z += variant.astype(np.uint64) * np.uint64(_STEP)
    # In place: most of the time would go into making room.
    shifted = z >> np.uint64(30)
    z ^= shifted
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= np.right_shift(z, np.uint64(27), out=shifted)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= np.right_shift(z, np.uint64(31), out=shifted)
    return z


@lru_cache(maxsize=1000)
def _salt(seed: int, purpose: str) -> int:
    """Take a digest, so that neighbouring seeds do not give the same values to neighbouring numbers."""
    return int.from_bytes(hashlib.sha256(f"{seed} {purpose}".encode()).digest()[:8], "little")


def uniform(numbers: Ints, seed: int, purpose: str, variant: Ints | int = 0) -> Floats:
    """Hash numbers to [0, 1)."""
    return np.asarray((mixed(numbers, seed, purpose, variant) >> np.uint64(11)) * 2.0**-53, dtype=np.float64)


def normal(
    rng: np.random.Generator, mean: float, spread: float, size: int, low: float, high: float
) -> Floats:
    """Draw from a normal law and clip to ``low`` .. ``high``."""
    return np.clip(rng.normal(mean, spread, size), low, high)


def scrambled(numbers: Ints, seed: int, purpose: str, half: int) -> Ints:
    """Permute ``0 .. half**2 - 1``: a Feistel network of four rounds over the two halves of a number."""
    left, right = np.divmod(numbers, half)
    for turn in range(4):
        pushed = (left + (mixed(right, seed, purpose, turn) % np.uint64(half)).astype(np.int64)) % half
        left, right = right, pushed
    return left * half + right
