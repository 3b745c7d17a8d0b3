"""A picture of the attack simulation as SVG, written by hand: bars of areas, and curves beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.picture import INK, text

__all__ = ["draw"]

_PALE, _OURS, _TRUE, _SIMPLE = "#ccc", "#b3261e", "#7a5195", "#5b7f95"
_WIDTH, _BAR, _LEFT, _TOP = 960, 26, 250, 70
_CURVES, _SIDE = 640, 280
_AREA_MIN, _AREA_MAX = 0.5, 0.9


def draw(found: Mapping[str, Any]) -> str:
    """The picture of what ``measure`` gave."""
    rankings = sorted(found["rankings"].items(), key=lambda item: -item[1]["auc"])
    height = max(_TOP + _BAR * len(rankings) + 60, _TOP + _SIDE + 60)
    told = f"{found['members']:,} members, {found['victims']:,} victims; area under the curve, 95 % interval"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'font-family="sans-serif" font-size="12" fill="{INK}" role="img">'
        ),
        "<title>How well each ranking finds the victims of simulated fraud</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
        text(20, 28, "How well each ranking finds the victims of simulated fraud", size=16),
        text(20, 48, told),
    ]
    for place, (name, one) in enumerate(rankings):
        parts += _bar(name, one, _TOP + place * _BAR)
    parts += _axes()
    shown = {name: one for name, one in rankings if _colour(name) != _SIMPLE}
    best = found["targets"]["best_without_our_model"]["ranking"]
    shown[best] = found["rankings"][best]
    parts += [_curve(one["roc"], _colour(name)) for name, one in shown.items()]
    parts += [
        text(_CURVES + 120, _TOP + _SIDE - 12 - 16 * place, name, colour=_colour(name))
        for place, name in enumerate(reversed(shown))
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _colour(name: str) -> str:
    return {"our score": _OURS, "our score, true links": _TRUE}.get(name, _SIMPLE)


def _bar(name: str, one: Mapping[str, Any], y: int) -> list[str]:
    def along(area: float) -> float:
        inside = min(max(area, _AREA_MIN), _AREA_MAX)
        return _LEFT + (inside - _AREA_MIN) / (_AREA_MAX - _AREA_MIN) * 280

    low, high = (along(area) for area in one["auc_95"])
    end, middle = along(one["auc"]), y + 9
    return [
        text(_LEFT - 8, y + 13, name, anchor="end"),
        f'<rect x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="18" fill="{_colour(name)}"/>',
        f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="{INK}"/>',
        text(high + 6, y + 13, f"{one['auc']:.3f}"),
    ]


def _axes() -> list[str]:
    left, top, side = _CURVES, _TOP, _SIDE
    return [
        f'<path d="M{left} {top}V{top + side}H{left + side}" fill="none" stroke="{INK}"/>',
        f'<path d="M{left} {top + side}L{left + side} {top}" stroke="{_PALE}"/>',
        text(left + side / 2, top + side + 20, "share of the others ranked as high", anchor="middle"),
        (
            f'<g transform="translate({left - 10} {top + side / 2}) rotate(-90)">'
            f'<text text-anchor="middle">share of the victims found</text></g>'
        ),
    ]


def _curve(points: list[tuple[float, float]], colour: str) -> str:
    path = "L".join(f"{_CURVES + x * _SIDE:.1f} {_TOP + _SIDE - y * _SIDE:.1f}" for x, y in points)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
