"""Loops over arrays, written as plain Python and compiled as soon as there is much for them to do.

What whole columns cannot express without making each of them many times over (walking two sorted columns at
once, weighing a pair by a table) is a loop. Numba makes machine code of it, but takes most of a second to
load: a single check, with a handful of rows, is over before that. So a loop runs as it stands until it has
been asked for enough, and from then on compiled. Both do the same operations on the same numbers in the same
order, and give the same bits.
"""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, ParamSpec, TypeVar

__all__ = ["Loop", "loop"]

Given = ParamSpec("Given")
Result = TypeVar("Result")

# Turns of a loop, of some tens of microseconds each as plain Python, that take as long as loading what
# compiles it.
WORTH = 10_000


class Loop(Generic[Given, Result]):
    """A function of arrays and numbers; called as ``loop(turns)(...)`` with how much there is to do."""

    def __init__(self, function: Callable[Given, Result]) -> None:
        """Bind the function; functions of its own module that it calls are compiled with it."""
        self.plain = function
        self._compiled: Callable[Given, Result] | None = None
        self._asked = 0
        self._lock = Lock()
        self.__doc__ = function.__doc__

    def __call__(self, turns: int) -> Callable[Given, Result]:
        """The function in the form that suits so many turns."""
        if self._compiled is not None:
            return self._compiled
        self._asked += turns
        return self.plain if self._asked < WORTH else self.compiled()

    def compiled(self) -> Callable[Given, Result]:
        """The function as machine code, which releases the interpreter's lock."""
        with self._lock:
            if self._compiled is None:
                self._compiled = _compiled(self.plain, {})
            return self._compiled


def loop(function: Callable[Given, Result]) -> Loop[Given, Result]:
    """Make a plain function a :class:`Loop`."""
    return Loop(function)


def _compiled(function: Callable[Given, Result], made: dict[str, Any]) -> Callable[Given, Result]:
    """The function and those of its module that it calls as machine code; ``made`` has some by name."""
    own: types.FunctionType = function  # type: ignore[assignment]
    for name in own.__code__.co_names:
        called = own.__globals__.get(name)
        if (
            isinstance(called, types.FunctionType)
            and called.__module__ == own.__module__
            and name not in made
        ):
            made[name] = _compiled(called, made)
    linked = types.FunctionType(own.__code__, {**own.__globals__, **made}, own.__name__, own.__defaults__)
    linked.__module__, linked.__qualname__ = own.__module__, own.__qualname__
    njit = importlib.import_module("numba").njit
    try:
        out: Callable[Given, Result] = njit(nogil=True, cache=True)(linked)
    except RuntimeError:
        # Nowhere to keep it from one process to the next: neither beside the module nor in a home.
        out = njit(nogil=True)(linked)
    return out
