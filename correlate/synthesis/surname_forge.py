"""Made-up surnames that look French: syllables put together, never taken from a list of people."""

from __future__ import annotations

import numpy as np
import polars as pl

from correlate.synthesis.chance import Ints, scrambled
from correlate.synthesis.resources import syllables
from correlate.synthesis.surname_law import COMMONEST

__all__ = ["forge_foreign", "forge_french"]

_FRENCH_PARTS = ("heads", "middles", "joints", "tails")
_FOREIGN_PARTS = ("heads", "middles", "tails")
_PARTICLES = ("LE ", "DE ", "DU ", "DE LA ", "LA ", "SAINT-")
_PARTICLE_SHARE = 30  # one name in thirty

_FOREIGN_PARTICLES = ("BEN ", "EL ", "DA ", "DOS ", "VAN ", "AL ")


def forge_french(count: int) -> pl.Series:
    """Give ``count`` distinct upper-case surnames, the shortest first, after the commonest real ones."""
    heads, middles, joints, tails = (syllables("french_surname", part) for part in _FRENCH_PARTS)
    known = pl.Series(list(COMMONEST), dtype=pl.String)
    wanted = count - len(known)
    closed = tuple(head for head in heads if head[-1] not in "AEIOUÉŒ")
    tiers = [
        known,
        _compose((closed, tails), None, 0),
        _compose((heads, joints, tails), None, _PARTICLE_SHARE),
    ]
    room = max(wanted - sum(len(tier) for tier in tiers) + len(known), 0)
    tiers.append(_compose((heads, middles, joints, tails), int(room * 1.15) + 1000, _PARTICLE_SHARE))
    return pl.concat(tiers).unique(maintain_order=True).head(count)


def forge_foreign(count: int) -> pl.Series:
    """Give ``count`` distinct surnames for people born abroad or of foreign descent."""
    parts = tuple(syllables("foreign_surname", part) for part in _FOREIGN_PARTS)
    short = _compose(parts[::2], None, 0)
    long = _compose(parts, None, 8, _FOREIGN_PARTICLES)
    return pl.concat([short, long]).unique(maintain_order=True).head(count)


def _compose(
    parts: tuple[tuple[str, ...], ...], count: int | None, every: int, particles: tuple[str, ...] = _PARTICLES
) -> pl.Series:
    """Put one syllable of each list together, for ``count`` combinations in a scrambled order."""
    size = int(np.prod([len(part) for part in parts]))
    half = int(np.ceil(np.sqrt(size)))
    numbers = _in_range(size, half, count)
    texts, rest = [], numbers
    for part in parts:
        texts.append(pl.Series(part, dtype=pl.String).gather(rest % len(part)))
        rest = rest // len(part)
    if every:
        marked = np.where(numbers % every == 0, 1 + numbers // every % len(particles), 0)
        texts.insert(0, pl.Series(["", *particles], dtype=pl.String).gather(marked))
    frame = pl.DataFrame({f"part{place}": text for place, text in enumerate(texts)})
    return frame.select(pl.concat_str(pl.all()).alias("surname"))["surname"]


def _in_range(size: int, half: int, count: int | None) -> Ints:
    """Give numbers below ``size`` in a scrambled order, each once."""
    asked = half * half if count is None else min(int(count * half * half / size * 1.02) + 64, half * half)
    numbers = scrambled(np.arange(asked, dtype=np.int64), 0, "surname", half)
    numbers = numbers[numbers < size]
    return numbers if count is None else numbers[:count]
