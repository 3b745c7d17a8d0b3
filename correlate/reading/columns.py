"""Which columns of a file are read, and under which name they come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from correlate.reading.errors import ColumnClash, MissingHeader, NoColumnRecognised, UnknownColumn
from correlate.reading.headers import listable, looks_like_data, same
from correlate.reading.mapping import IGNORE, Mapping
from correlate.vocabulary import FIELDS, AttributeClass, Field, recognise

__all__ = ["Column", "Columns", "assign_columns"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column that is read: its 0-based place, its header, and its name in each batch.

    ``carries`` is ``None`` for a column that is only passed through. Such a column may be ``listed``: a cell
    that holds a list of texts comes out as one text, joined by "|".
    """

    index: int
    header: str
    target: str
    carries: Field | AttributeClass | None
    listed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """The columns that are read, fields first, and the headers of those that are not."""

    used: tuple[Column, ...]
    ignored: tuple[str, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of a batch's columns, in order."""
        return tuple(column.target for column in self.used)

    @property
    def indices(self) -> tuple[int, ...]:
        """The 0-based places in the file of a batch's columns, in order."""
        return tuple(column.index for column in self.used)

    @property
    def classes(self) -> frozenset[AttributeClass]:
        """Every attribute class that some column exposes."""
        found: set[AttributeClass] = set()
        for column in self.used:
            if isinstance(column.carries, Field):
                found.update(FIELDS[column.carries].classes)
            elif column.carries is not None:
                found.add(column.carries)
        return frozenset(found)


def assign_columns(
    headers: Sequence[str],
    *,
    mapping: Mapping,
    keep: Sequence[str] = (),
    lists: Sequence[str] = (),
    kept_suffice: bool = False,
    file: Path,
) -> Columns:
    """Decide what each column carries: by the mapping first, else by its header.

    A mapped column takes a field from recognised ones; ``keep`` and ``lists`` name columns to pass through.
    Raises when two columns claim a field that a row has once, when a name is not in the file, and when
    nothing is recognised, unless the columns that are passed through suffice.
    """
    mapped = _mapped(headers, mapping, file)
    carried = [(index, meaning) for index, meaning in mapped.items() if meaning is not None]
    taken = {meaning for _, meaning in carried}
    if not mapping.only_mapped:
        carried += [
            pair for pair in _recognised(headers, mapped) if _is_multiple(pair[1]) or pair[1] not in taken
        ]
    carried.sort(key=lambda pair: (pair[0] not in mapped, pair[0]))
    used = tuple(_targeted(carried, headers, file))
    kept = tuple(_kept(headers, keep, lists, file))
    if not used and not (kept and kept_suffice):
        raise _unrecognised(headers, file)
    places = {column.index for column in (*used, *kept)}
    ignored = tuple(header for index, header in enumerate(headers) if index not in places)
    return Columns(used=used + kept, ignored=ignored)


def _mapped(headers: Sequence[str], mapping: Mapping, file: Path) -> dict[int, Field | AttributeClass | None]:
    meanings: dict[int, Field | AttributeClass | None] = {}
    for key, target in mapping.columns.items():
        for index in _find(headers, key, file, why="the mapping names"):
            meanings[index] = None if target == IGNORE else _meaning(target)
    return meanings


def _meaning(target: str) -> Field | AttributeClass:
    return Field(target) if target in tuple(Field) else AttributeClass(target)


def _find(headers: Sequence[str], key: str, file: Path, *, why: str) -> list[int]:
    """Find a column by its header, exact or else folded, or else by its 1-based position."""
    exact = [index for index, header in enumerate(headers) if header == key]
    folded = exact or [index for index, header in enumerate(headers) if same(header) == same(key)]
    if folded:
        return folded
    if key.isascii() and key.isdigit() and 1 <= int(key) <= len(headers):
        return [int(key) - 1]
    raise UnknownColumn(file=file, column=f"“{key}”", why=why, headers=listable(headers))


def _recognised(
    headers: Sequence[str], mapped: dict[int, Field | AttributeClass | None]
) -> Iterator[tuple[int, Field | AttributeClass]]:
    for index, header in enumerate(headers):
        if index not in mapped and (meaning := recognise(header)) is not None:
            yield index, meaning


def _is_multiple(meaning: Field | AttributeClass) -> bool:
    # A bare class only says that something was exposed: any number of columns may say so.
    return isinstance(meaning, AttributeClass) or FIELDS[meaning].multiple


def _targeted(
    carried: Sequence[tuple[int, Field | AttributeClass]], headers: Sequence[str], file: Path
) -> Iterator[Column]:
    seen: dict[Field | AttributeClass, list[int]] = {}
    for index, meaning in carried:
        places = seen.setdefault(meaning, [])
        if places and not _is_multiple(meaning):
            first, second = sorted((places[0], index))
            raise ColumnClash(
                file=file, first=_name(first, headers), second=_name(second, headers), field=meaning.value
            )
        places.append(index)
        base = meaning.value if isinstance(meaning, Field) else f"class:{meaning.value}"
        target = base if len(places) == 1 else f"{base}.{len(places)}"
        yield Column(index=index, header=headers[index], target=target, carries=meaning)


def _name(index: int, headers: Sequence[str]) -> str:
    # Both are mapped or recognised, so the header was written by the user or is in the vocabulary.
    return f"{index + 1} (“{headers[index]}”)" if headers[index] else str(index + 1)


def _kept(headers: Sequence[str], keep: Sequence[str], lists: Sequence[str], file: Path) -> Iterator[Column]:
    for name in dict.fromkeys((*keep, *lists)):
        index = _find(headers, name, file, why="was asked for")[0]
        yield Column(
            index=index, header=headers[index], target=f"keep:{name}", carries=None, listed=name in lists
        )


def _unrecognised(headers: Sequence[str], file: Path) -> MissingHeader | NoColumnRecognised:
    if looks_like_data(headers):
        return MissingHeader(file=file, columns=len(headers))
    return NoColumnRecognised(file=file, headers=listable(headers), fields=", ".join(Field))
