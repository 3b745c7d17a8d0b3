"""Paths: from a subject to records that share nothing with it, over records that do.

Records of the vault link to each other by the same comparisons as subjects link to records. A path's
probability is the product of its links; of all paths to a record the best counts. Depth, least probability
and the number of records that may share a key bound the spread.

A path says nothing of what its two ends have to do with each other, so the ends are compared too: what they
agree on has been counted along the path, but where birth date, sex, first name or NIR contradict, the odds of
the path are multiplied by those of the contradiction. A pair that direct comparison has judged to be two
people of one household is no person's path.

Paths are followed when they are asked for, and kept nowhere: they are as current as the vault, and the cost
follows the records that are reached, not all pairs that a vault holds. Most keys of a linked record are the
subject's own, and most records that it finds are linked to the subject already: neither is looked up or
compared again.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.askers import Askers, held_rows, held_tokens
from correlate.linkage.candidates import Asked, Hits, Lookups, found_pairs, pairs_together
from correlate.linkage.compare import compared
from correlate.linkage.comparison import COMPARISONS
from correlate.linkage.held import HeldRecords
from correlate.linkage.model import LinkageModel
from correlate.linkage.packing import Packing
from correlate.linkage.pairs import judge_chunks, note_frequencies
from correlate.linkage.rarity import with_rarity
from correlate.linkage.trace import Tracer
from correlate.tokens import Tokens, linkage_keys
from correlate.vault import Vault

__all__ = ["follow_paths"]

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# However well two records agree, one link of a path in a thousand may be wrong in a way that no token shows.
# Without that bound nothing that contradicts could weigh against a link that is certain.
SUREST = 0.999
# Ends of paths whose tokens, and whose rows as they ask, are held at a time.
ENDS, CROSSING = 250_000, 1_000_000
CIVIL = tuple(comparison for comparison in COMPARISONS if comparison.civil)
# Of another person of the household; no path is surer.
NEVER = 2.0


def follow_paths(
    vault: Vault,
    asker: pl.DataFrame,
    hits: Hits,
    held: HeldRecords,
    *,
    model: LinkageModel,
    without: frozenset[str] = frozenset(),
    tracer: Tracer | None = None,
) -> int:
    """Lengthen direct links link by link; the result is the temporary table path (subject_no, record_id,
    breach_no, class_set_no, depth, probability). Gives how many paths of several links were found, those that
    a better one replaced among them.

    Reads the temporary tables ``direct`` (as path, but for the depth), ``household`` (subject_no, record_id)
    and ``key_frequency``, and the given table ``owner`` (asker_no, subject_no).

    Args:
        vault: open.
        asker: the subjects' rows with their rarities.
        hits: where the subjects' keys occur.
        held: records that were read on the way to direct links.
        model: parameters.
        without: token columns that lead from no record to another.
        tracer: takes down the keys that are looked up on the way.
    """
    engine = vault.engine
    engine.execute("CREATE OR REPLACE TEMP TABLE crowd (key BIGINT, share DOUBLE)")
    _note_crowds(vault)
    walk = _Walk(vault, asker, Lookups(hits), held, model, without, tracer)
    found = 0
    for depth in range(2, model.hop_depth_max + 1):
        better = walk.lengthen(depth)
        found += better
        if not better:
            break
    with engine.given(found_path=walk.paths):
        engine.execute("CREATE OR REPLACE TEMP TABLE path AS FROM found_path", step="paths")
    return found


def _note_crowds(vault: Vault) -> None:
    vault.engine.execute("INSERT INTO crowd SELECT key, share FROM key_frequency WHERE share > 0")


class _Front(NamedTuple):
    """The ends (n,) that paths may be continued from, numbered by their place: in order of subjects. ``held``
    is where their records are held.
    """

    subject_no: Numbers
    record_id: Numbers
    held: pl.Series
    probability: Floats


class _Known:
    """How surely each record is a subject's by now; another's of the household can never be."""

    def __init__(self, paths: pl.DataFrame, household: pl.DataFrame, *asked: Numbers) -> None:
        """Take (subject_no, record_id, probability), (subject_no, record_id), and records, several times
        (n,), that will be asked for.
        """
        every = pl.concat(
            (
                household.select("subject_no", "record_id", probability=pl.lit(NEVER)),
                paths.select("subject_no", "record_id", "probability"),
            )
        )
        subjects, records = every["subject_no"].to_numpy(), every["record_id"].to_numpy()
        self._packing = Packing.of(subjects, records, *asked)
        pairs = every.select("probability", pair=pl.Series(self._packing.pack(subjects, records)))
        # Of a pair that stands in both the household comes first.
        pairs = pairs.sort("pair", maintain_order=True)
        self._pairs, self._probability = pairs["pair"].to_numpy(), pairs["probability"].to_numpy()

    def of(self, subject_no: Numbers, record_id: Numbers) -> Floats:
        """(n,) for pairs (n,), 0 where nothing is known."""
        if not len(self._pairs):
            return np.zeros(len(subject_no))
        wanted = self._packing.pack(subject_no, record_id)
        place = np.minimum(np.searchsorted(self._pairs, wanted), len(self._pairs) - 1)
        return np.where(self._pairs[place] == wanted, self._probability[place], 0.0)

    def of_pairs(self, pairs: pl.DataFrame) -> pl.Series:
        """The same for rows (subject_no, record_id)."""
        return pl.Series(self.of(pairs["subject_no"].to_numpy(), pairs["record_id"].to_numpy()))


class _Walk:
    """The paths of some subjects, as far as they have been followed."""

    def __init__(
        self,
        vault: Vault,
        asker: pl.DataFrame,
        lookups: Lookups,
        held: HeldRecords,
        model: LinkageModel,
        without: frozenset[str],
        tracer: Tracer | None,
    ) -> None:
        engine = vault.engine
        self._vault, self._asker, self._model, self._without = vault, asker, model, without
        self._lookups, self._records, self._tracer = lookups, held, tracer
        self._owner = engine.frame("SELECT asker_no, subject_no FROM owner")
        self._household = engine.frame("SELECT subject_no, record_id FROM household")
        self.paths = engine.frame("SELECT *, 1::TINYINT AS depth FROM direct")
        self._fresh = self.paths

    def lengthen(self, depth: int) -> int:
        """Put one more link behind the paths that are new; gives how many better paths that made."""
        front = self._front()
        pairs, known = self._promising(front)
        reached = self._bridged(front, pairs, known)
        better = self._weakened(self._contradicted(reached), known)
        records = self._records.rows(self._records.places(better["record_id"]))
        better = better.with_columns(
            records["breach_no"], records["class_set_no"], depth=pl.lit(depth, pl.Int8)
        )
        self._fresh = better.select(self.paths.columns)
        pair = ["subject_no", "record_id"]
        self.paths = pl.concat((self.paths.join(better, on=pair, how="anti"), self._fresh))
        return better.height

    def _front(self) -> _Front:
        ends = self._fresh.filter(pl.col("probability") >= self._model.hop_probability_min).sort(
            "subject_no", "record_id"
        )
        self._records.fetch(ends["record_id"])
        return _Front(
            ends["subject_no"].to_numpy(),
            ends["record_id"].to_numpy(),
            self._records.places(ends["record_id"]),
            np.minimum(ends["probability"].to_numpy(), SUREST),
        )

    def _promising(self, front: _Front) -> tuple[pl.DataFrame, _Known]:
        """Ends and records (asker_no, record_id) that share a key, and that even the surest of links would
        make a better path; an asker_no is an end's place. With them what is known by now.
        """
        asked = self._asked(front)
        self._look_up(asked.keys)
        most = self._model.hop_key_records_max
        if self._tracer is not None:
            self._tracer.note(asked, front.subject_no, self._lookups.found, records_max=most)
        asked_for = [hits.record_id for hits in self._lookups.found]
        known = _Known(self.paths, self._household, *asked_for)
        ends, surest = front.record_id, front.probability * SUREST

        def likely(end: Numbers, record_id: Numbers) -> npt.NDArray[np.bool_]:
            out: npt.NDArray[np.bool_] = surest[end] >= self._model.hop_probability_min
            out &= surest[end] > known.of(front.subject_no[end], record_id)
            out &= ends[end] != record_id
            return out

        pairs = [found_pairs(hits, asked, records_max=most, keep=likely) for hits in self._lookups.found]
        return pairs_together(pairs), known

    def _asked(self, front: _Front) -> Asked:
        """The keys of the ends."""
        keys, ends = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for start in range(0, len(front.held), ENDS):
            held = self._records.rows(front.held[start : start + ENDS])
            tokens = held_tokens(self._vault, held, self._without)
            some, rows = linkage_keys(self._vault.tokeniser.scheme, tokens, asking=True)
            keys.append(some)
            ends.append(rows + start)
        asking = pl.DataFrame({"key": np.concatenate(keys), "asker_no": np.concatenate(ends)})
        del keys, ends
        return Asked.of(asking)

    def _look_up(self, keys: Tokens) -> None:
        """Find the keys that nobody on the way has asked for yet, and what of them is a crowd's."""
        note_frequencies(self._vault, self._lookups.add(self._vault.engine, keys))
        _note_crowds(self._vault)

    def _bridged(self, front: _Front, pairs: pl.DataFrame, known: _Known) -> pl.DataFrame:
        """Records that one more link reaches, more surely than any path before: (subject_no, record_id,
        product).
        """
        best = self._linked(front, pairs).group_by("subject_no", "record_id").agg(pl.col("product").max())
        return best.filter(best["product"] > known.of_pairs(best))

    def _linked(self, front: _Front, pairs: pl.DataFrame) -> pl.DataFrame:
        """Records that one more link reaches: (record_id, subject_no, product), a row a path."""
        self._records.fetch(pairs["record_id"])
        ends = pairs["asker_no"].to_numpy()
        cuts = np.searchsorted(ends, np.arange(0, max(1, len(front.record_id)) + CROSSING, CROSSING))
        return pl.concat(self._crossed(front, pairs[start:end]) for start, end in pairwise(cuts.tolist()))

    def _crossed(self, front: _Front, pairs: pl.DataFrame) -> pl.DataFrame:
        """The same, of the pairs of some ends."""
        least, model = self._model.hop_probability_min, self._model
        ends = pairs["asker_no"].unique().sort()
        held = self._records.rows(front.held[ends])
        tokens = held_tokens(self._vault, held, self._without)
        crossing = Askers(rows=held_rows(ends.to_numpy(), held, tokens), keys=pl.DataFrame())
        rows = with_rarity(self._vault.engine, crossing, model, frequencies="crowd")
        del held, tokens, crossing
        chunks = self._records.chunks(pairs)
        found = judge_chunks(self._vault, rows, chunks, model=model, probability_min=least)
        end = found["asker_no"].to_numpy()
        product = front.probability[end] * np.minimum(found["probability"].to_numpy(), SUREST)
        return found.select(
            "record_id", subject_no=pl.Series(front.subject_no[end]), product=pl.Series(product)
        ).filter(pl.col("product") >= least)

    def _contradicted(self, reached: pl.DataFrame) -> pl.DataFrame:
        """Add ``bits``: the weights that speak against, in civil fields, of the subject's row that
        contradicts least.
        """
        ends = reached.join(self._owner, on="subject_no", maintain_order="left")
        parts = [pl.DataFrame(schema={"asker_no": pl.Int64, "record_id": pl.Int64, "bits": pl.Float64})]
        chunks = self._records.chunks(ends.select("asker_no", "record_id"))
        for chunk in compared(self._vault, self._asker, chunks, comparisons=CIVIL):
            bits = np.zeros(chunk.height)
            for comparison in CIVIL:
                against = [min(0.0, math.log2(odds.m / odds.u)) for odds in self._model.odds(comparison)]
                bits += np.array([0.0, *against])[chunk[f"{comparison.field}_level"].to_numpy()]
            parts.append(chunk.select("asker_no", "record_id", bits=pl.Series(bits)))
        least = (
            pl.concat(parts)
            .join(self._owner, on="asker_no")
            .group_by("subject_no", "record_id")
            .agg(pl.col("bits").max())
        )
        return reached.join(least, on=["subject_no", "record_id"])

    def _weakened(self, reached: pl.DataFrame, known: _Known) -> pl.DataFrame:
        """The odds of each path times those of the contradiction, where that still is better than before."""
        product, bits = reached["product"].to_numpy(), reached["bits"].to_numpy()
        odds = product * np.exp2(bits)
        probability = np.where(bits < 0, odds / (odds + 1 - product), product)
        weakened = reached.select("subject_no", "record_id", probability=pl.Series(probability))
        better = weakened["probability"] > known.of_pairs(weakened)
        return weakened.filter(better & (weakened["probability"] >= self._model.hop_probability_min))
