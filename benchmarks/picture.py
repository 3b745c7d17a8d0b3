"""A picture of a benchmark's report as SVG, written by hand: bars for one size, curves for several."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

__all__ = ["INK", "draw", "text"]

INK, _PALE = "#222", "#ccc"
_COLOURS = ("#b3261e", "#2f6690", "#7a5195", "#3a7d44", "#b5651d", "#5b7f95", "#8a8a8a", "#111")
_WIDTH, _TOP, _BAR, _NAMES, _SPAN = 960, 90, 26, 250, 270
_SIDE_X, _SIDE_Y, _LEFT = 330, 260, 90
_PANELS = (("seconds", "seconds", "{:,.2f}"), ("peak_mb", "peak memory, MB", "{:,.0f}"))


def draw(report: Mapping[str, Any]) -> str:
    """The picture of what ``harness.measure`` found."""
    sizes, names = (
        report["sizes"],
        list({name: None for size in report["sizes"] for name in size["contenders"]}),
    )
    rows = " to ".join(f"{one['rows']:,}" for one in (sizes[0], sizes[-1])[: len(sizes)])
    machine, commit = report["machine"], (report["commit"] or {}).get("id", "")[:10]
    told = (
        f"{machine['processors']} processors, medians of {report['runs']} runs, commit {commit or 'unknown'}"
    )
    body = list(_curves(sizes, names) if len(sizes) > 1 else _bars(sizes[0]["contenders"]))
    height = _TOP + (_SIDE_Y + 70 + 18 * len(names) if len(sizes) > 1 else _BAR * len(names) + 20)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}" role="img">'
    )
    parts = [
        opening,
        f"<title>{escape(report['benchmark'])}: {escape(report['unit'])}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        text(20, 28, f"{report['benchmark']}: {rows} {report['unit']}", size=16),
        text(20, 48, told),
        *body,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def text(x: float, y: float, said: str, *, size: int = 12, colour: str = INK, anchor: str = "start") -> str:
    """A line of text; ``anchor`` is the point of it that lies at (x, y)."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


def _bars(contenders: Mapping[str, Any]) -> Iterator[str]:
    """Time and memory of each contender, side by side."""
    for place, name in enumerate(contenders):
        yield text(_NAMES - 8, _TOP + place * _BAR + 13, name, anchor="end")
    for panel, (key, title, form) in enumerate(_PANELS):
        left = _NAMES + panel * (_SPAN + 80)
        most = max((found[key] for found in contenders.values()), default=1.0)
        yield text(left, _TOP - 10, title)
        for place, found in enumerate(contenders.values()):
            y, width = _TOP + place * _BAR, found[key] / most * _SPAN
            yield f'<rect x="{left}" y="{y}" width="{width:.1f}" height="18" fill="{_COLOURS[panel]}"/>'
            yield text(left + width + 6, y + 13, form.format(found[key]))


def _curves(sizes: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """Time and memory against size, both on scales of powers; dashed, time that grows as the size does."""
    colours = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}
    most = sizes[-1]["rows"]
    across = _Scale([size["rows"] for size in sizes], _SIDE_X)
    for panel, (key, title, form) in enumerate(_PANELS):
        left = _LEFT + panel * (_SIDE_X + 130)
        found = {
            name: [(one["rows"], one["contenders"][name][key]) for one in sizes if name in one["contenders"]]
            for name in names
        }
        linear = {
            name: [first, (most, first[1] * most / first[0])] if key == "seconds" else []
            for name, (first, *_) in found.items()
        }
        up = _Scale([value for name in names for _, value in (*found[name], *linear[name])], _SIDE_Y)
        yield from _axes(left, title, across, up, form)
        for name, colour in colours.items():
            yield _path(left, [(across.at(x), up.at(y)) for x, y in found[name]], colour)
            if linear[name]:
                yield _path(left, [(across.at(x), up.at(y)) for x, y in linear[name]], colour, dashed=True)
    for place, (name, colour) in enumerate(colours.items()):
        yield text(_LEFT, _TOP + _SIDE_Y + 60 + 18 * place, name, colour=colour)


class _Scale:
    """Values on a scale of powers, as distances from 0 to ``length``."""

    def __init__(self, values: Sequence[float], length: float) -> None:
        self.least = max(min(values, default=1.0), 1e-3)
        self.most = max([*values, self.least])
        self._low, self._length = math.log(self.least), length
        self._span = math.log(self.most) - self._low or 1.0

    def at(self, value: float) -> float:
        """Where a value lies."""
        return (math.log(max(value, self.least)) - self._low) / self._span * self._length


def _axes(left: float, title: str, across: _Scale, up: _Scale, form: str) -> Iterator[str]:
    bottom = _TOP + _SIDE_Y
    yield f'<path d="M{left} {_TOP}V{bottom}H{left + _SIDE_X}" fill="none" stroke="{_PALE}"/>'
    yield text(left, _TOP - 10, title)
    for value, y in ((up.least, bottom), (up.most, _TOP + 10)):
        yield text(left - 6, y, form.format(value), anchor="end")
    for value, x in ((across.least, left), (across.most, left + _SIDE_X)):
        yield text(x, bottom + 18, f"{value:,.0f}", anchor="middle")


def _path(left: float, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    line = "L".join(f"{left + x:.1f} {_TOP + _SIDE_Y - y:.1f}" for x, y in points)
    style = ' stroke-dasharray="4 4" stroke-width="0.8"' if dashed else ' stroke-width="1.8"'
    return f'<path d="M{line}" fill="none" stroke="{colour}"{style}/>'
