"""How much is done at a time, so that all of it stays within the memory that was given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count
from typing import Self

from correlate.errors import InputError
from correlate.vault import Limits, engine_bytes

__all__ = ["Budget", "TooLittleMemory"]

# What a row of a range takes at the peak of its linking, in bytes (1.3 kB measured, 3.75 million against
# 150 million records; some of what is given back stays with the process from range to range, and there are
# ranges with more pairs than others), and what comes on top of all ranges and of the engine's part: the
# program itself, and batches on their way in.
ROW_BYTES = 1_650
BASE_BYTES = 850_000_000
LEAST_ROWS, MOST_ROWS = 25_000, 4_000_000
SMALL_BATCH, BATCH = 25_000, 125_000
# Exposures that are assessed at a time, and the part of all memory for which there is one of them.
EXPOSURES, EXPOSURE_BYTES = 250_000, 32_000
# Where nothing is said: no more than this, nor than half of the machine.
USUAL_BYTES = 8_000_000_000


class TooLittleMemory(InputError):
    """{given} of memory do not suffice: scoring takes at least {needed}. Give more with --memory."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """``memory`` is what the process may take, in bytes; ``batch_rows`` are read and tokenised at a time,
    ``range_rows`` are linked together, so many ``exposures`` are assessed at a time.
    """

    memory: int = USUAL_BYTES
    batch_rows: int
    range_rows: int
    exposures: int = EXPOSURES

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """What fits into the limits; raises TooLittleMemory."""
        memory = limits.memory_bytes or min(USUAL_BYTES, _machine() // 2)
        rows = _range_rows(memory)
        if rows < LEAST_ROWS:
            if limits.memory is not None:
                needed = next(tenths for tenths in count(1) if _range_rows(tenths * 10**8) >= LEAST_ROWS)
                raise TooLittleMemory(given=limits.memory, needed=f"{needed / 10:.1f}GB")
            rows = LEAST_ROWS
        rows = min(rows, MOST_ROWS)
        batch = BATCH if rows >= 2 * BATCH else SMALL_BATCH
        return cls(
            memory=memory,
            batch_rows=batch,
            range_rows=rows // batch * batch,
            exposures=min(EXPOSURES, memory // EXPOSURE_BYTES),
        )


def _range_rows(memory: int) -> int:
    return (memory - engine_bytes(memory) - BASE_BYTES) // ROW_BYTES


def _machine() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return USUAL_BYTES
