"""Hands: the ways to combine a person's records where some are of compilations, one of which counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from correlate.loops import loop
from correlate.risk.arrays import Floats, Ints, Mask
from correlate.risk.kinds import Kinds
from correlate.risk.rows import WHOLE, Rows
from correlate.vocabulary import AttributeClass

__all__ = ["NOTHING", "UNRATED", "Background", "Dealer", "Hands"]

# Classes are bits of two words, so many in the first: that leaves out its sign.
_BITS = 62
# Of the generator of Park and Miller (1988): products have room in 64 bits.
_PRIME, _FACTOR = (1 << 31) - 1, 48271

# The arrays of ``Rows``; of ``Background``, after where each breach begins there; of ``Hands``.
_Given = tuple[Ints, Ints, Ints, Mask]
_Rates = tuple[Ints, Ints, Ints]
_Dealt = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Floats]
# Breach and two words of classes of each kind, with room for more; where these are by a hash; how many there
# are; circulation, and whether it is a compilation, of each breach.
_Tables = tuple[Ints, Ints, Ints, Floats, Mask]
# Factors of hands, where factors are by a hash; rows, taken, kinds and chances held of factors; and how many
# factors of hands, factors and rows there are.
_Out = tuple[Ints, Ints, Ints, Ints, Ints, Floats, Ints]


@dataclass(frozen=True, kw_only=True)
class Background:
    """Breaches that stand for everybody with their base rate: rows sorted by breach and falling chance."""

    kind: Ints
    chance: Ints


@dataclass(frozen=True, kw_only=True)
class Hands:
    """What each exposure may play: exposure i has the hands from ``edges[i]`` to ``edges[i + 1]``.

    A hand is a product of factors, one a breach: of hand i those of ``factor`` from ``starts[i]`` to
    ``starts[i + 1]``, by number. The records of a factor, the likelier first, are nested: ``held`` is the
    chance that the first j are held together and no more, and ``kind`` what they bring; those of factor i
    begin at ``rows[i]``. Where base rates matter to a factor, ``taken`` is the kind of the record of a
    compilation that its hands play, or ``NOTHING``: the breach has a base rate, which must not count twice,
    or all base rates together are the factor, which then has no rows. Where they do not matter it is
    ``UNRATED``.
    """

    edges: Ints
    starts: Ints
    factor: Ints
    rows: Ints
    taken: Ints
    kind: Ints
    held: Floats


NOTHING, UNRATED = -1, -2


class Dealer:
    """Deals hands; kinds that turn up on the way are added to the table of kinds."""

    def __init__(self, kinds: Kinds, background: Background) -> None:
        """Bind the tables."""
        self._kinds, self._background = kinds, background
        breach = kinds.breach_of()[background.kind]
        edges = np.searchsorted(breach, np.arange(len(kinds.breaches) + 1))
        self._rates = (edges, background.kind, background.chance)
        self._places: dict[AttributeClass, int] = {}
        self._words = np.empty((0, 3), dtype=np.int64)

    def deal(self, rows: Rows) -> Hands:
        """Give each exposure a hand without compilations, and one for each record of a compilation."""
        kinds = self._kinds
        self._words = np.vstack((self._words, self._more_words()))
        known, room = len(self._words), _room(rows, kinds, np.diff(self._rates[0]))
        slots = 1 << (2 * (known + room[2])).bit_length()
        words = np.empty((known + room[2], 3), dtype=np.int64)
        words[:known] = self._words
        tables = (words, np.zeros(slots, dtype=np.int64), np.zeros(1, dtype=np.int64))
        given = (rows.edges, rows.kind, rows.chance, rows.background)
        of_breaches = (kinds.circulation, kinds.compiled)
        edges, starts, factor, of_rows, taken, kind, held = _dealt(room[2])(
            given, (*tables, *of_breaches), self._rates, known, room
        )
        self._name(words[known : int(tables[2][0])])
        return Hands(
            edges=edges, starts=starts, factor=factor, rows=of_rows, taken=taken, kind=kind, held=held
        )

    def _more_words(self) -> Ints:
        """Breach and classes as words, of kinds that are not yet in the table."""
        words = np.zeros((len(self._kinds) - len(self._words), 3), dtype=np.int64)
        breach_of = self._kinds.breach_of()
        for row, kind in enumerate(range(len(self._words), len(self._kinds))):
            words[row, 0] = breach_of[kind]
            for one in self._kinds.classes(kind):
                place = self._places.setdefault(one, len(self._places))
                words[row, 1 + place // _BITS] |= 1 << place % _BITS
        return words

    def _name(self, words: Ints) -> None:
        """Take in the kinds that were met on the way, in the order of their numbers."""
        for breach, *masks in words.tolist():
            classes = [
                one for one, place in self._places.items() if masks[place // _BITS] >> place % _BITS & 1
            ]
            self._kinds.number(breach, classes)
        self._words = np.vstack((self._words, words))


def _room(rows: Rows, kinds: Kinds, rates: Ints) -> tuple[int, int, int, int]:
    """The most hands, factors and rows there can be, and the most rows of an exposure."""
    breach = kinds.breach_of()[rows.kind]
    rated = np.repeat(rows.background, np.diff(rows.edges))
    at_once = np.append(0, np.cumsum(1 + rates[breach] * rated))
    played = np.append(0, np.cumsum(kinds.compiled[breach] * (1 + rates[breach] * rated)))
    sizes, hands = (each[rows.edges[1:]] - each[rows.edges[:-1]] for each in (at_once, played))
    hands = hands + 1
    return (
        int(hands.sum()),
        int((hands * (np.diff(rows.edges) + 1)).sum()),
        int((hands * sizes).sum()),
        int(sizes.max(initial=0)),
    )


@loop
def _dealt(
    given: _Given, tables: _Tables, rates: _Rates, known: int, room: tuple[int, int, int, int]
) -> _Dealt:
    """The arrays of :class:`Hands`."""
    background, words, compiled = given[3], tables[0], tables[4]
    for kind in range(known):
        _kind(words[kind, 0], words[kind, 1], words[kind, 2], words, tables[1], tables[2])
    of_exposure, starts = np.zeros(len(given[0]), dtype=np.int64), np.zeros(room[0] + 1, dtype=np.int64)
    slots = 4
    while slots < 2 * room[1]:
        slots *= 2
    factor, of_hash = np.empty(room[1], dtype=np.int64), np.zeros(slots, dtype=np.int64)
    rows, taken = np.zeros(room[1] + 1, dtype=np.int64), np.empty(room[1], dtype=np.int64)
    kinds, held = np.empty(room[2], dtype=np.int64), np.empty(room[2], dtype=np.float64)
    places, own = np.zeros(3, dtype=np.int64), np.empty((2, room[3]), dtype=np.int64)
    out = (factor, of_hash, rows, taken, kinds, held, places)
    hands = 0
    for exposure in range(len(given[0]) - 1):
        many = _with_rates(exposure, given, words, rates, own)
        for row in range(-1, many):
            if row < 0 or compiled[words[own[0, row], 0]]:
                _play(row, many, background[exposure], own, tables, rates[0], out)
                hands += 1
                starts[hands] = places[0]
        of_exposure[exposure + 1] = hands
    many, last = places[1], places[2]
    factor, starts = factor[: places[0]], starts[: hands + 1]
    return of_exposure, starts, factor, rows[: many + 1], taken[:many], kinds[:last], held[:last]


def _with_rates(exposure: int, given: _Given, words: Ints, rates: _Rates, own: Ints) -> int:
    """Its rows; a breach that a person perhaps stands in counts at least with its base rate: as one record
    more. Gives how many.
    """
    many, last = 0, given[0][exposure + 1]
    for row in range(given[0][exposure], last):
        kind = given[1][row]
        own[0, many], own[1, many] = kind, given[2][row]
        many += 1
        breach = words[kind, 0]
        if given[3][exposure] and (row + 1 == last or words[given[1][row + 1], 0] != breach):
            for rate in range(rates[0][breach], rates[0][breach + 1]):
                own[0, many], own[1, many] = rates[1][rate], rates[2][rate]
                many += 1
    return many


def _play(
    played: int, many: int, background: bool, own: Ints, tables: _Tables, rate_edges: Ints, out: _Out
) -> None:
    """Write the factors of one hand: of the row of a compilation that is played, if any, and of all
    sources.
    """
    # Named once: each time that an array is taken out of a tuple, a count of its users goes up and down.
    words, slots, many_kinds, circulation, compiled = tables
    factor, of_hash, rows, of_rates, kinds, held, places = out
    taken = NOTHING if played < 0 else own[0, played]
    row = 0
    while row < many:
        breach, first = words[own[0, row], 0], places[2]
        end = first
        while row < many and words[own[0, row], 0] == breach:
            kind = own[0, row]
            if row == played or not compiled[breach]:
                if row != played and taken >= 0:
                    kind = _left(kind, taken, words, slots, many_kinds)
                _insert(kind, own[1, row], first, end, kinds, held)
                end += 1
            row += 1
        if end > first:
            _nest(first, end, circulation[breach], words, slots, many_kinds, kinds, held)
            rated = background and rate_edges[breach + 1] > rate_edges[breach]
            _add(end, taken if rated else UNRATED, of_hash, rows, of_rates, kinds, held, places, factor)
    if background:
        _add(places[2], taken, of_hash, rows, of_rates, kinds, held, places, factor)


def _add(
    end: int,
    rate: int,
    of_hash: Ints,
    rows: Ints,
    taken: Ints,
    kinds: Ints,
    held: Floats,
    places: Ints,
    factor: Ints,
) -> None:
    """Add the factor of the rows that were written up to ``end`` to the hand; if there is such a one already,
    the rows are taken back.
    """
    first = places[2]
    key = rate + 2
    if end > first:
        key += kinds[first] * 8191 + kinds[end - 1] * 131071 + int(held[first] * WHOLE)
    # Chances are round numbers: only their remainder by a prime, multiplied, differs in all its bits.
    slot = key % _PRIME * _FACTOR % _PRIME & (len(of_hash) - 1)
    while of_hash[slot] > 0:
        number = of_hash[slot] - 1
        start, many = rows[number], rows[number + 1] - rows[number]
        same = taken[number] == rate and many == end - first
        place = 0
        while same and place < many:
            same = kinds[start + place] == kinds[first + place] and held[start + place] == held[first + place]
            place += 1
        if same:
            break
        slot = (slot + 1) & (len(of_hash) - 1)
    if of_hash[slot] == 0:
        taken[places[1]] = rate
        places[1] += 1
        rows[places[1]] = end
        places[2] = end
        of_hash[slot] = places[1]
    factor[places[0]] = of_hash[slot] - 1
    places[0] += 1


def _insert(kind: int, chance: int, first: int, place: int, kinds: Ints, held: Floats) -> None:
    """Put a row among those from ``first`` to before ``place``, which fall in their chance."""
    while place > first and held[place - 1] < chance:
        kinds[place], held[place] = kinds[place - 1], held[place - 1]
        place -= 1
    kinds[place], held[place] = kind, chance


def _nest(
    first: int, end: int, circulation: float, words: Ints, slots: Ints, many: Ints, kinds: Ints, held: Floats
) -> None:
    """Of the rows from ``first`` to before ``end``: with p1 >= p2 >= ... the chances of a breach's records,
    the first j are held together with the chance pj - p(j+1).
    """
    for row in range(first, end):
        held[row] = held[row] / WHOLE * circulation
        if row > first:
            held[row - 1] -= held[row]
            one, other = kinds[row - 1], kinds[row]
            low, high = words[one, 1] | words[other, 1], words[one, 2] | words[other, 2]
            kinds[row] = _kind(words[one, 0], low, high, words, slots, many)


def _left(kind: int, taken: int, words: Ints, slots: Ints, many: Ints) -> int:
    """The kind without the classes of another."""
    low, high = words[kind, 1] & ~words[taken, 1], words[kind, 2] & ~words[taken, 2]
    if low == words[kind, 1] and high == words[kind, 2]:
        return kind
    return _kind(words[kind, 0], low, high, words, slots, many)


def _kind(breach: int, low: int, high: int, words: Ints, slots: Ints, many: Ints) -> int:
    """The number of a kind, a new one if there is none."""
    slot = (low ^ low >> 7 ^ low >> 19 ^ low >> 37 ^ high ^ breach << 3) & (len(slots) - 1)
    while slots[slot] > 0:
        kind = slots[slot] - 1
        if words[kind, 0] == breach and words[kind, 1] == low and words[kind, 2] == high:
            return int(kind)
        slot = (slot + 1) & (len(slots) - 1)
    kind = many[0]
    words[kind, 0], words[kind, 1], words[kind, 2] = breach, low, high
    slots[slot] = kind + 1
    many[0] = kind + 1
    return int(kind)
