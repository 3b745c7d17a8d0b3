"""Models as text: the same text whenever they say the same."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Mapping, Set
from enum import Enum

__all__ = ["plain"]


def plain(thing: object) -> str:
    """Dataclasses, collections and plain values as JSON; a set's order, which no run repeats, does not show.

    Raises:
        TypeError: something in it has no such form.
    """
    return json.dumps(_plain(thing), sort_keys=True)


def _plain(thing: object) -> object:
    if isinstance(thing, Enum):
        return thing.name
    if thing is None or isinstance(thing, str | int | float | bool):
        return thing
    if isinstance(thing, datetime.date):
        return thing.isoformat()
    if dataclasses.is_dataclass(thing):
        return {field.name: _plain(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
    if isinstance(thing, Mapping):
        return sorted(
            [json.dumps(_plain(key), sort_keys=True), _plain(value)] for key, value in thing.items()
        )
    if isinstance(thing, Set):
        return sorted(json.dumps(_plain(each), sort_keys=True) for each in thing)
    if isinstance(thing, list | tuple):
        return [_plain(each) for each in thing]
    raise TypeError(type(thing).__name__)
