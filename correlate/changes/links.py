"""The breaches of many subjects as one array of whole numbers: they are compared by the million."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = ["LINK_FIELDS", "Ints", "Links", "Names", "NotLinks", "left_over", "pack"]

Ints = npt.NDArray[np.int64]

#: What is known of how a subject stands in a breach.
LINK_FIELDS = ("breach", "probability", "evidence", "depth")
# A link in 39 bits, between 23 bits for the number of its subject and one for the side it is of.
_BREACH_BITS, _PROBABILITY_BITS, _EVIDENCE_BITS, _DEPTH_BITS = 16, 14, 4, 5
_LINK_BITS = _BREACH_BITS + _PROBABILITY_BITS + _EVIDENCE_BITS + _DEPTH_BITS
_PROBABILITY_PARTS = 10_000


class NotLinks(Exception):
    """A cell of the column `breaches` is not a list of links."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names of breaches and kinds of evidence met so far, each with its number."""

    breaches: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, int] = field(default_factory=dict)

    def ranked(self, links: pl.DataFrame) -> pl.DataFrame:
        """``links`` with numbers that sort as the names do: those met first depend on the order of a file."""
        return links.with_columns(
            breach=_ranks(self.breaches).gather(links["breach"]),
            evidence=_ranks(self.evidence).gather(links["evidence"]),
        )

    def breach_names(self) -> pl.Series:
        """The names of breaches, sorted."""
        return pl.Series(sorted(self.breaches), dtype=pl.String)


def _ranks(names: dict[str, int]) -> pl.Series:
    places = {name: place for place, name in enumerate(sorted(names))}
    return pl.Series([places[name] for name in names], dtype=pl.Int64)


@dataclass(frozen=True, kw_only=True)
class Links:
    """The packed links of consecutive rows, and how many each row has."""

    counts: Ints
    packed: Ints


def pack(column: pa.ChunkedArray, names: Names) -> Links:
    """Pack a column of lists of links; new names are added to ``names``.

    Raises:
        NotLinks: a list or a part of a link is missing, or a figure is out of its range.
    """
    counts, packed = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for chunk in column.chunks:
        if chunk.null_count:
            raise NotLinks
        counts.append(np.diff(chunk.offsets.to_numpy()).astype(np.int64))
        packed.append(_packed(chunk.flatten(), names))
    return Links(counts=np.concatenate(counts), packed=np.concatenate(packed))


def _packed(links: pa.StructArray, names: Names) -> Ints:
    parts = dict(zip((one.name for one in links.type), links.flatten(), strict=True))
    if links.null_count or any(parts[name].null_count for name in LINK_FIELDS):
        raise NotLinks
    probability = parts["probability"].cast(pa.float64()).to_numpy(zero_copy_only=False)
    depth = parts["depth"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    # Written so that a NaN is refused too.
    if not (np.all((probability >= 0.0) & (probability <= 1.0)) and np.all((depth >= 0) & (depth < 32))):
        raise NotLinks
    packed = _numbers(parts["breach"], names.breaches, bits=_BREACH_BITS)
    packed = packed << _PROBABILITY_BITS | np.rint(probability * _PROBABILITY_PARTS).astype(np.int64)
    packed = packed << _EVIDENCE_BITS | _numbers(parts["evidence"], names.evidence, bits=_EVIDENCE_BITS)
    found: Ints = packed << _DEPTH_BITS | depth
    return found


def _numbers(texts: pa.Array, names: dict[str, int], *, bits: int) -> Ints:
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    known = [names.setdefault(name, len(names)) for name in coded.dictionary.to_pylist()]
    if len(names) > 2**bits:
        raise NotLinks
    numbers: Ints = np.array(known, dtype=np.int64)[coded.indices.to_numpy(zero_copy_only=False)]
    return numbers


def left_over(pairs: pl.DataFrame, old: Ints, new: Ints) -> pl.DataFrame:
    """The links that only one side has, once what is alike on both sides is taken away.

    Args:
        pairs: subjects of both sides (no, old_first, old_count, new_first, new_count), where a side's links
            begin in its packed array, and how many they are.
        old: packed links.
        new: packed links.

    Returns:
        One row a link: no, side (-1 old, 1 new), breach (its number), probability, evidence, depth.
    """
    keys = [_keys(pairs, packed, side=side) for side, packed in (("old", old), ("new", new))]
    both = np.sort(np.concatenate([keys[0] << 1, keys[1] << 1 | 1]))
    key, ours = both >> 1, (both & 1) * 2 - 1
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    sign = np.add.reduceat(ours, starts) if len(starts) else ours
    key, sign = key[starts[sign != 0]], sign[sign != 0]
    often = np.abs(sign)
    key, sign = np.repeat(key, often), np.repeat(np.sign(sign), often)
    columns: dict[str, Ints] = {"side": sign}
    for name, bits in (
        ("depth", _DEPTH_BITS),
        ("evidence", _EVIDENCE_BITS),
        ("probability", _PROBABILITY_BITS),
        ("breach", _BREACH_BITS),
    ):
        columns[name] = key & ((1 << bits) - 1)
        key = key >> bits
    return pl.DataFrame({"no": key, **columns}).select("no", "side", *LINK_FIELDS)


def _keys(pairs: pl.DataFrame, packed: Ints, *, side: str) -> Ints:
    """For each link of each subject the subject's number and the link, in one number."""
    number = pairs["no"].to_numpy().astype(np.int64)
    first, count = pairs[f"{side}_first"].to_numpy(), pairs[f"{side}_count"].to_numpy()
    ends = np.cumsum(count)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
    keys: Ints = np.repeat(number, count) << _LINK_BITS | packed[np.repeat(first, count) + within]
    return keys
