"""Paths: from a subject to records that share nothing with it, over records that do.

Records of the vault link to each other by the same comparisons as subjects link to records. A path's
probability is the product of its links; of all paths to a record the best counts. Depth, least probability
and the number of records that may share a key bound the spread.

A path goes on by a key that the subject does not have: whatever shares one of the subject's own keys has been
compared with the subject itself. And it says nothing of what its two ends have to do with each other, so the
ends are compared too: what they agree on has been counted along the path, but where birth date, sex, first
name or NIR contradict, the odds of the path are multiplied by those of the contradiction. A pair that direct
comparison has judged to be two people of one household is no person's path.

Paths are followed when they are asked for, and kept nowhere: they are as current as the vault, and the cost
follows the records that are reached, not all pairs that a vault holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.askers import Askers, held_rows, held_tokens
from correlate.linkage.candidates import Asked, find_pairs
from correlate.linkage.compare import Asking, Pairs, compared
from correlate.linkage.comparison import COMPARISONS
from correlate.linkage.fresh import KeyForms
from correlate.linkage.held import HeldRecords
from correlate.linkage.known import Known
from correlate.linkage.model import LinkageModel
from correlate.linkage.packing import Packing, distinct, spread
from correlate.linkage.pairs import note_frequencies
from correlate.linkage.rarity import with_rarity
from correlate.linkage.rows import record_rows
from correlate.linkage.subjects import Subjects
from correlate.linkage.trace import Tracer
from correlate.tokens import Tokens
from correlate.vault import Vault

__all__ = ["Ends", "follow_paths"]

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# However well two records agree, one link of a path in a thousand may be wrong in a way that no token shows.
# Without that bound nothing that contradicts could weigh against a link that is certain.
SUREST = 0.999
# Ends of paths whose rows, as they ask, are held at a time.
CROSSING = 1_000_000
CIVIL = [place for place, comparison in enumerate(COMPARISONS) if comparison.civil]
REACHED = {"subject_no": pl.Int64, "record_id": pl.Int64, "product": pl.Float64}


@dataclass(frozen=True, kw_only=True, eq=False)
class Ends:
    """Records that paths may go on from: the fresh keys (k,) of all, the subject and the record of each."""

    keys: Tokens
    subject_no: Numbers
    record_id: Numbers

    @classmethod
    def none(cls) -> Self:
        """Nowhere to go."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(keys=nothing, subject_no=nothing, record_id=nothing)

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Self:
        """Several as one."""
        every = [cls.none(), *parts]
        return cls(
            keys=np.concatenate([part.keys for part in every]),
            subject_no=np.concatenate([part.subject_no for part in every]),
            record_id=np.concatenate([part.record_id for part in every]),
        )


def follow_paths(
    vault: Vault,
    asking: Asking,
    subjects: Subjects,
    links: pl.DataFrame,
    household: pl.DataFrame,
    ends: Ends,
    *,
    model: LinkageModel,
    forms: KeyForms,
    tracer: Tracer | None = None,
) -> tuple[pl.DataFrame, int]:
    """Lengthen direct links link by link.

    Reads the temporary table ``key_frequency`` of the subjects' keys.

    Args:
        vault: open.
        asking: the subjects' rows.
        subjects: whose they are.
        links: direct ones: subject_no, record_id, breach_no, class_set_no, depth, probability.
        household: (subject_no, record_id, ...) of pairs that are two people of one household.
        ends: where direct links go on.
        model: parameters.
        forms: the keys that a path may follow.
        tracer: takes down the keys that are looked up on the way.

    Returns:
        All links, the longer ones among them, and how many paths of several links were found, those that a
        better one replaced among them.
    """
    walk = _Walk(vault, asking, subjects, links, household, ends, model, forms, tracer)
    found = 0
    for depth in range(2, model.hop_depth_max + 1):
        better = walk.lengthen(depth)
        found += better
        if not better:
            break
    return walk.links, found


@dataclass(frozen=True, kw_only=True, eq=False)
class _Front:
    """The distinct ends (n,) of paths, numbered by their place, and who asks for which of their keys."""

    subject_no: Numbers
    record_id: Numbers
    probability: Floats
    asked: Asked


class _Walk:
    """The paths of some subjects, as far as they have been followed."""

    def __init__(
        self,
        vault: Vault,
        asking: Asking,
        subjects: Subjects,
        links: pl.DataFrame,
        household: pl.DataFrame,
        ends: Ends,
        model: LinkageModel,
        forms: KeyForms,
        tracer: Tracer | None,
    ) -> None:
        self._vault, self._asking, self._subjects = vault, asking, subjects
        self._model, self._forms, self._tracer = model, forms, tracer
        self._household, self._ends, self.links = household, ends, links
        self._records = HeldRecords(vault)
        vault.engine.execute("CREATE OR REPLACE TEMP TABLE crowd (key BIGINT, share DOUBLE)")
        self._note_crowds()

    def _note_crowds(self) -> None:
        self._vault.engine.execute("INSERT INTO crowd SELECT key, share FROM key_frequency WHERE share > 0")

    def lengthen(self, depth: int) -> int:
        """Put one more link behind the paths that are new; gives how many better paths that made."""
        known = Known.gathered(self.links, self._household, subjects=len(self._subjects.starts))
        front = self._front(known)
        reached = self._bridged(front, self._promising(front, known), known)
        better = self._weakened(self._contradicted(reached), known)
        held = self._records.rows(self._records.places(better["record_id"]))
        better = better.with_columns(
            held["breach_no"], held["class_set_no"], depth=pl.lit(depth, pl.Int8)
        ).select(self.links.columns)
        if depth < self._model.hop_depth_max:
            self._ends = self._further(better)
        self.links = pl.concat((self.links.join(better, on=["subject_no", "record_id"], how="anti"), better))
        return better.height

    def _front(self, known: Known) -> _Front:
        """The ends with their keys, in the order of subjects and records."""
        ends = self._ends
        self._ends = Ends.none()
        packing = Packing.of(ends.subject_no, ends.record_id)
        packed = packing.pack(ends.subject_no, ends.record_id)
        pairs = distinct(packed)
        subject_no, record_id = packing.unpack(pairs)
        return _Front(
            subject_no=subject_no,
            record_id=record_id,
            probability=np.minimum(known.linked(subject_no, record_id), SUREST),
            asked=Asked.of(
                ends.keys, np.searchsorted(pairs, packed), threads=self._vault.engine.limits.threads
            ),
        )

    def _promising(self, front: _Front, known: Known) -> pl.DataFrame:
        """Ends and records (asker_no, record_id) that share a fresh key, and that even the surest of links
        would make a better path; an asker_no is an end's place.
        """
        most, surest = self._model.hop_key_records_max, front.probability * SUREST

        def likely(end: Numbers, record_id: Numbers) -> npt.NDArray[np.bool_]:
            out: npt.NDArray[np.bool_] = surest[end] >= self._model.hop_probability_min
            out &= surest[end] > known.of(front.subject_no[end], record_id)
            out &= front.record_id[end] != record_id
            return out

        found = find_pairs(self._vault.engine, front.asked, records_max=most, keep=likely)
        note_frequencies(self._vault, found.crowds)
        self._note_crowds()
        if self._tracer is not None:
            self._tracer.note(front.asked, front.subject_no, [found.crowds], records_max=most)
        return pl.DataFrame({"asker_no": found.asker_no, "record_id": found.record_id}).sort("asker_no")

    def _bridged(self, front: _Front, pairs: pl.DataFrame, known: Known) -> pl.DataFrame:
        """Records that one more link reaches, more surely than any path before: (subject_no, record_id,
        product).
        """
        ends = pairs["asker_no"].to_numpy()
        self._records.fetch(np.concatenate((front.record_id[distinct(ends)], pairs["record_id"].to_numpy())))
        cuts = np.searchsorted(ends, np.arange(0, max(1, len(front.record_id)) + CROSSING, CROSSING))
        parts = [self._crossed(front, pairs[start:end]) for start, end in pairwise(cuts.tolist())]
        best = pl.concat(parts).group_by("subject_no", "record_id").agg(pl.col("product").max())
        # In order, so that what follows reads what lies side by side.
        best = best.sort("record_id", "subject_no")
        return best.filter(best["product"] > known.of_pairs(best))

    def _crossed(self, front: _Front, pairs: pl.DataFrame) -> pl.DataFrame:
        """Records that one more link reaches from some ends: (subject_no, record_id, product), a row a
        path.
        """
        least, model = self._model.hop_probability_min, self._model
        ends = distinct(pairs["asker_no"].to_numpy())
        held = self._records.rows(self._records.places(pl.Series(front.record_id[ends])))
        tokens = held_tokens(self._vault, held, self._forms.without)
        crossing = Askers(rows=held_rows(ends, held, tokens), keys=pl.DataFrame())
        rows = with_rarity(self._vault.engine, crossing, model, frequencies="crowd")
        del held, tokens, crossing

        def reached(pairs: Pairs) -> pl.DataFrame:
            person, _ = pairs.probabilities()
            end = pairs.found["asker_no"].to_numpy()
            product = front.probability[end] * np.minimum(person, SUREST)
            likely = (person >= least) & (product >= least)
            return pl.DataFrame(
                {
                    "subject_no": front.subject_no[end[likely]],
                    "record_id": pairs.found["record_id"].to_numpy()[likely],
                    "product": product[likely],
                }
            )

        chunks = self._records.chunks(pairs)
        found = compared(self._vault, Asking.of(rows), chunks, model=model, then=reached)
        return pl.concat([pl.DataFrame(schema=REACHED), *found])

    def _contradicted(self, reached: pl.DataFrame) -> pl.DataFrame:
        """Add ``bits``: the weights that speak against, in civil fields, of the subject's row that
        contradicts least.
        """
        starts = self._subjects.starts
        subject_no = reached["subject_no"].to_numpy()
        turn, places = spread(starts[subject_no], starts[subject_no + 1] - starts[subject_no])
        asked = pl.DataFrame(
            {"asker_no": self._subjects.rows[places], "record_id": reached["record_id"].to_numpy()[turn]}
        )
        against = self._against()

        def weighed(pairs: Pairs) -> pl.DataFrame:
            bits = np.zeros(len(pairs.place))
            for weights, place in zip(against, CIVIL, strict=True):
                bits += weights[pairs.levels[:, place]]
            return pl.DataFrame(
                {
                    "subject_no": self._subjects.of_row[pairs.place],
                    "record_id": pairs.found["record_id"],
                    "bits": bits,
                }
            )

        schema = {"subject_no": pl.Int64, "record_id": pl.Int64, "bits": pl.Float64}
        chunks = self._records.chunks(asked)
        found = compared(self._vault, self._asking, chunks, then=weighed)
        least = (
            pl.concat([pl.DataFrame(schema=schema), *found])
            .group_by("subject_no", "record_id")
            .agg(pl.col("bits").max())
        )
        return reached.join(least, on=["subject_no", "record_id"])

    def _against(self) -> list[Floats]:
        """What each level of each civil comparison weighs, as far as it speaks against."""
        return [
            np.array(
                [
                    0.0,
                    *(min(0.0, math.log2(odds.m / odds.u)) for odds in self._model.odds(COMPARISONS[place])),
                ]
            )
            for place in CIVIL
        ]

    def _weakened(self, reached: pl.DataFrame, known: Known) -> pl.DataFrame:
        """The odds of each path times those of the contradiction, where that still is better than before."""
        product, bits = reached["product"].to_numpy(), reached["bits"].to_numpy()
        odds = product * np.exp2(bits)
        probability = np.where(bits < 0, odds / (odds + 1 - product), product)
        weakened = reached.select("subject_no", "record_id", probability=pl.Series(probability))
        better = weakened["probability"] > known.of_pairs(weakened)
        return weakened.filter(better & (weakened["probability"] >= self._model.hop_probability_min))

    def _further(self, better: pl.DataFrame) -> Ends:
        """Where the paths that are new go on."""
        subject_no, record_id = better["subject_no"].to_numpy(), better["record_id"].to_numpy()
        held = record_rows(self._vault, self._records.rows(self._records.places(better["record_id"])))
        fresh = self._forms.fresh(self._vault, self._asking.rows, self._subjects, subject_no, held)
        return Ends(keys=fresh.keys, subject_no=subject_no[fresh.pair], record_id=record_id[fresh.pair])
