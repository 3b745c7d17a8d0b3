"""Sketches: what lets two tokens of spelled words be compared, and not only be equal or different.

A sketch is a keyed min-wise hash of a text's bigrams (Broder 1997, "On the resemblance and containment of
documents"), of which each slot keeps four bits (Li and König 2010, "b-bit minwise hashing"):

- Alphabet: the edge of a text is 0, A to Z are 1 to 26, 0 to 9 are 27 to 36; anything else is left out of the
  text first. The bigrams of a text are the pairs of neighbours in edge + text + edge, each counted once.
- Each of 16 slots has a keyed permutation of the 37 x 37 bigrams: the rank of a bigram, from 0, is its place
  among all when sorted by the scheme's token, as a signed number, of the three bytes (slot, first symbol,
  second symbol) in the domain "sketch/" + the kind of text.
- A slot's value is the lowest rank among the text's bigrams, modulo 16. Slot 0 is the lowest four bits of a
  signed 64-bit integer, slot 15 the highest. A text without a symbol has no sketch: 0, missing. A sketch that
  comes out as 0 becomes 1.

Two slots agree with probability J + (1 - J) / 16, where J is the share of bigrams that two texts have in
common (Jaccard). Without the key a sketch tells which texts of one domain resemble each other, as tokens tell
which are the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.tokens.packing import Bytes, Texts
from correlate.tokens.scheme import MISSING, ROWS, Scheme, Tokens

__all__ = ["SKETCH_SLOTS", "Sketcher", "equal_slots"]

SKETCH_SLOTS = 16
"""Slots of a sketch, four bits each."""

BITS = 4
SYMBOLS = 37
# Texts are padded to a multiple of this many bytes, so that a few lengths are worked on at once.
STEP = 4
TOGETHER = 1 << 12
# The lowest bit of each slot: 0x1111111111111111.
LOWEST = np.uint64(0x1111111111111111)

Ranks = npt.NDArray[np.uint16]


def _symbols() -> npt.NDArray[np.intp]:
    """The symbol of each byte; the bytes of anything else are gone before they are looked up."""
    table = np.zeros(256, dtype=np.intp)
    table[ord("A") : ord("Z") + 1] = np.arange(1, 27)
    table[ord("0") : ord("9") + 1] = np.arange(27, SYMBOLS)
    return table


SYMBOL_OF = _symbols()
IS_SYMBOL = SYMBOL_OF > 0


class Sketcher:
    """Sketches of canonical texts under one scheme. The ranks of a domain are made at first use, and kept."""

    def __init__(self, scheme: Scheme) -> None:
        """Bind the scheme, and so the key."""
        self._scheme = scheme
        self._ranks: dict[str, Ranks] = {}

    def sketches(self, domain: str, values: pl.Series) -> Tokens:
        """Sketches (n,) of a column of canonical strings; null, and a text without a symbol, give MISSING."""
        if domain not in self._ranks:
            self._ranks[domain] = _ranks(self._scheme, domain)
        ranks = self._ranks[domain]
        out = np.full(len(values), MISSING, dtype=np.int64)
        for start in range(0, len(values), ROWS):
            part = out[start : start + ROWS]
            for rows, texts, lengths in Texts.of(values.slice(start, ROWS)).only(IS_SYMBOL).by_width(STEP):
                part[rows] = np.where(lengths > 0, _sketches(ranks, texts), MISSING)
        return out


def equal_slots(one: Tokens, other: Tokens) -> npt.NDArray[np.int64]:
    """How many of their 16 slots two columns of sketches (n,) have in common, (n,) 0 to 16."""
    differ = one.view(np.uint64) ^ other.view(np.uint64)
    differ |= differ >> np.uint64(1)
    differ |= differ >> np.uint64(2)
    unequal: npt.NDArray[np.int64] = np.bitwise_count(differ & LOWEST).astype(np.int64)
    return SKETCH_SLOTS - unequal


def _ranks(scheme: Scheme, domain: str) -> Ranks:
    """The rank of each bigram in each slot, (1369, 16): bigrams in the order of their two symbols."""
    shape = (SKETCH_SLOTS, SYMBOLS, SYMBOLS)
    messages = np.indices(shape, dtype=np.uint8).reshape(3, -1).T
    tokens = scheme.tokens(f"sketch/{domain}", np.ascontiguousarray(messages))
    order = np.argsort(tokens.reshape(SKETCH_SLOTS, -1), axis=1, kind="stable")
    ranks = np.ascontiguousarray(np.argsort(order, axis=1, kind="stable").T.astype(np.uint16))
    # Edge and edge stand side by side behind the end of a text alone: they must not count.
    ranks[0] = np.iinfo(np.uint16).max
    return ranks


def _sketches(ranks: Ranks, texts: Bytes) -> Tokens:
    """Sketches of texts (m, width) with zeros behind them; a few at a time, to stay in a cache."""
    parts = [
        _packed(_lowest(ranks, texts[start : start + TOGETHER])) for start in range(0, len(texts), TOGETHER)
    ]
    return np.concatenate(parts)


def _lowest(ranks: Ranks, texts: Bytes) -> Ranks:
    """The lowest rank in each slot, (m, 16), of texts, (m, width) bytes."""
    symbols = SYMBOL_OF[np.ascontiguousarray(texts.T)]
    edge = np.zeros((1, len(texts)), dtype=np.intp)
    bigrams = np.concatenate((edge, symbols)) * SYMBOLS + np.concatenate((symbols, edge))
    lowest, found = (np.empty((len(texts), SKETCH_SLOTS), dtype=np.uint16) for _ in range(2))
    np.take(ranks, bigrams[0], axis=0, out=lowest, mode="clip")
    for bigram in bigrams[1:]:
        # Into a buffer, and clipped: five times as fast as ranks[bigram].
        np.take(ranks, bigram, axis=0, out=found, mode="clip")
        np.minimum(lowest, found, out=lowest)
    return lowest


def _packed(lowest: Ranks) -> Tokens:
    """Four bits a slot, slot 0 lowest; the value kept for "missing" moves aside."""
    slots = (lowest & (2**BITS - 1)).astype(np.uint8)
    pairs = slots[:, 0::2] | (slots[:, 1::2] << BITS)
    sketches = np.ascontiguousarray(pairs).view("<i8")[:, 0].astype(np.int64)
    sketches[sketches == MISSING] = 1
    return sketches
