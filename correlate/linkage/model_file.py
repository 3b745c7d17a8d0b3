"""Linkage models as TOML files: read with an eye on every figure, written so that two can be compared."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from correlate.errors import InputError
from correlate.linkage.comparison import COMPARISONS
from correlate.linkage.model import LevelOdds, LinkageModel

__all__ = ["DEFAULT_MODEL", "FORMAT", "ModelInvalid", "load_model", "model_toml"]

DEFAULT_MODEL = "default-2026-11b"
FORMAT = 2


class ModelInvalid(InputError):
    """The linkage model {file} cannot be used: {reason}. Compare it with the shipped {default}.toml, or learn
    one anew with `correlate fit`.
    """


def load_model(path: Path | None = None) -> LinkageModel:
    """Read a model file, or the shipped default; raises ModelInvalid naming what is wrong."""
    shipped = files("correlate.linkage").joinpath("models").joinpath(f"{DEFAULT_MODEL}.toml")
    label = path.name if path else f"{DEFAULT_MODEL}.toml"
    try:
        document = tomllib.loads((path or shipped).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = f"it is not readable TOML ({type(error).__name__})"
        raise ModelInvalid(file=label, reason=reason, default=DEFAULT_MODEL) from None
    try:
        return _model(document)
    except KeyError as error:
        raise ModelInvalid(file=label, reason=f"it lacks {error}", default=DEFAULT_MODEL) from None
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelInvalid(file=label, reason=str(error), default=DEFAULT_MODEL) from None


def model_toml(model: LinkageModel) -> str:
    """A model as the text of a file that ``load_model`` reads back as the same figures."""
    limits = ("key_records_max", "wide_records_max", "wide_key_records_max", "probability_min")
    hops = ("depth_max", "probability_min", "key_records_max")
    lines = [
        f"format = {FORMAT}",
        f"name = {json.dumps(model.name, ensure_ascii=False)}",
        "\n[prior]",
        f"population = {model.population!r}",
        f"household_others = {model.household_others!r}",
        "\n[limits]",
        *(f"{name} = {getattr(model, name)!r}" for name in limits),
        "\n[hops]",
        *(f"{name} = {getattr(model, f'hop_{name}')!r}" for name in hops),
    ]
    for comparison in COMPARISONS:
        lines += [
            "\n[[comparison]]",
            f"field = {json.dumps(comparison.field)}",
            f"source = {json.dumps(model.sources[comparison.field], ensure_ascii=False)}",
        ]
        for level, odds in zip(comparison.levels, model.odds(comparison), strict=True):
            lines.append(f"levels.{level.name} = {{ m = {odds.m!r}, h = {odds.h!r}, u = {odds.u!r} }}")
    return "\n".join(lines) + "\n"


def _model(document: dict[str, Any]) -> LinkageModel:
    if document.get("format") != FORMAT:
        raise ValueError(
            f"it is of format {document.get('format', 1)}, and this program reads format {FORMAT}"
        )
    stated = {entry["field"]: entry for entry in document["comparison"]}
    if unknown := set(stated) - {comparison.field for comparison in COMPARISONS}:
        raise ValueError(f'it compares "{min(unknown)}", which this program does not')
    levels: dict[str, dict[str, LevelOdds]] = {}
    for comparison in COMPARISONS:
        if comparison.field not in stated:
            raise ValueError(f'it has no comparison for the field "{comparison.field}"')
        if not stated[comparison.field].get("source"):
            raise ValueError(f'the comparison "{comparison.field}" names no source')
        given = stated[comparison.field]["levels"]
        wanted = [level.name for level in comparison.levels]
        if set(given) != set(wanted):
            raise ValueError(f'the comparison "{comparison.field}" must have the levels {", ".join(wanted)}')
        levels[comparison.field] = {name: _odds(comparison.field, name, given[name]) for name in wanted}
    prior, limits, hops = document["prior"], document["limits"], document["hops"]
    return LinkageModel(
        name=str(document["name"]),
        population=_above_zero("population", prior["population"]),
        household_others=_above_zero("household_others", prior["household_others"]),
        key_records_max=int(limits["key_records_max"]),
        wide_records_max=int(limits["wide_records_max"]),
        wide_key_records_max=int(limits["wide_key_records_max"]),
        probability_min=_chance("probability_min", limits["probability_min"]),
        hop_depth_max=int(hops["depth_max"]),
        hop_probability_min=_chance("probability_min of hops", hops["probability_min"]),
        hop_key_records_max=int(hops["key_records_max"]),
        levels=levels,
        sources={field: str(entry["source"]) for field, entry in stated.items()},
    )


def _above_zero(name: str, figure: float) -> float:
    if not figure > 0:
        raise ValueError(f"{name} must be above 0")
    return figure


def _chance(name: str, figure: float) -> float:
    if not 0 < figure <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1")
    return float(figure)


def _odds(field: str, level: str, given: dict[str, float]) -> LevelOdds:
    for figure in ("m", "h", "u"):
        if not 0 < given[figure] <= 1:
            raise ValueError(f'"{field}", level "{level}": {figure} must be above 0 and at most 1')
    return LevelOdds(m=given["m"], h=given["h"], u=given["u"])
