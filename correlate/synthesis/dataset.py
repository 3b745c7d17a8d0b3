"""From a number of people and a seed to a directory of leaked files, members and truth."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from correlate.synthesis.days import REFERENCE_DAY
from correlate.synthesis.errors import BadPopulation
from correlate.synthesis.leaks import DEFAULT_BREACHES, find_leaks
from correlate.synthesis.names import load_names
from correlate.synthesis.orders import OrderBook
from correlate.synthesis.places import load_places
from correlate.synthesis.population import CHUNK, Population, World, drawn, numbered
from correlate.synthesis.tables import Tables
from correlate.synthesis.writing import MARK, whole_directory

__all__ = ["SynthesisSummary", "synthesise"]

_FORMATS = ("parquet", "csv")
_PEOPLE_MAX = 100_000_000  # member numbers have eight digits
_THREADS_MAX = 8
_NOTICE = """SYNTHETIC DATA. Nobody in these files exists.

Made by `correlate synth` with {people} people, seed {seed}, names by the {law} law, as of {day}.
Names are drawn from laws and syllables; e-mail addresses lie under reserved domains; telephone numbers
lie in ranges for fiction or in none; bank codes are not allocated; passwords and hashes are placeholders.
The files imitate the shape of breaches that happened. They contain nothing that leaked.
"""


@dataclass(frozen=True, kw_only=True)
class SynthesisSummary:
    """What was made: counts, files relative to the directory, and what would make it again."""

    people: int
    households: int
    members: int
    rows: dict[str, int]
    files: tuple[str, ...]
    seed: int
    law: str


def synthesise(
    directory: Path,
    *,
    people: int,
    seed: int,
    breaches: Sequence[str] = DEFAULT_BREACHES,
    insee: Path | None = None,
    format: str = "parquet",
    members: float = 0.5,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> SynthesisSummary:
    """Write a synthetic population, its breaches and the truth about both into ``directory``.

    ``members`` is the share of people the insurer covers. ``progress`` is called with the people made so far
    and in all. The same arguments give the same bytes (on the same versions of numpy, Polars and PyArrow).

    Raises:
        BadPopulation: a number or the format is out of range.
        UnknownLeak: no file is described for one of ``breaches``.
        DirectoryInUse: ``directory`` is not empty.
        InseeFileMissing: ``insee`` lacks a file.
    """
    _check(people, seed, members, format)
    leaks = find_leaks(breaches)
    names, places = load_names(insee), load_places()
    orders = OrderBook(len(places.codes))
    world = World(seed=seed, names=names, places=places, orders=orders, members=members)
    with whole_directory(directory, force=force) as partial:
        threads = min(os.cpu_count() or 1, _THREADS_MAX)
        with Tables(partial, leaks, format, threads) as tables:
            for chunk, part in enumerate(_chunks(world, people, threads)):
                tables.append(part, chunk)
                if progress is not None:
                    progress(min((chunk + 1) * CHUNK, people), people)
        notice = _NOTICE.format(people=people, seed=seed, law=names.source, day=REFERENCE_DAY)
        (partial / MARK).write_text(notice, encoding="utf-8")
        files = tuple(sorted(str(path.relative_to(partial)) for path in partial.rglob("*") if path.is_file()))
    return SynthesisSummary(
        people=people,
        households=tables.households,
        members=tables.members,
        rows=tables.rows,
        files=files,
        seed=seed,
        law=names.source,
    )


def _check(people: int, seed: int, members: float, kind: str) -> None:
    if not 1 <= people <= _PEOPLE_MAX:
        raise BadPopulation(reason=f"{people} people; ask for 1 to {_PEOPLE_MAX}")
    if seed < 0:
        raise BadPopulation(reason="the seed is negative; give 0 or more")
    if not 0 <= members <= 1:
        raise BadPopulation(reason=f"a share of members of {members}; give 0 to 1")
    if kind not in _FORMATS:
        raise BadPopulation(reason=f"format {kind}; take one of {', '.join(_FORMATS)}")


def _chunks(world: World, people: int, ahead: int) -> Iterator[Population]:
    """Draw ``ahead`` chunks side by side and number them in their order."""
    sizes = [min(CHUNK, people - first) for first in range(0, people, CHUNK)]
    with ThreadPoolExecutor(max_workers=ahead) as pool:
        waiting: deque[Future[Population]] = deque()
        for chunk, size in enumerate(sizes):
            waiting.append(pool.submit(drawn, world, chunk, size))
            if len(waiting) > ahead:
                yield numbered(waiting.popleft().result())
        while waiting:
            yield numbered(waiting.popleft().result())
