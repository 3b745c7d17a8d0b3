"""Profiles read from TOML: whole, or as what differs from another profile."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from correlate.catalogue import PersonsKind, Scope, Status
from correlate.risk.document import Table, read_document
from correlate.risk.errors import RiskFileError, RiskModelError, UnknownProfile
from correlate.risk.figure import Figure
from correlate.risk.profile import Band, Profile
from correlate.vocabulary import AttributeClass, Field

__all__ = ["load_profile"]

_SHIPPED = Path(__file__).parent / "data" / "profiles"
_Part = TypeVar("_Part")


def load_profile(name: str | Path) -> Profile:
    """Load a profile; see :meth:`Profile.load`."""
    path = name if isinstance(name, Path) else _shipped_path(name)
    try:
        return _profile(read_document(path), expected_name=path.stem)
    except RiskModelError as error:
        raise RiskFileError(file=path, reason=error.about["reason"]) from error


def _shipped_path(name: str) -> Path:
    known = sorted(path.stem for path in _SHIPPED.glob("*.toml"))
    # Names end in a date, so the newest of a family is the last.
    family = [each for each in known if re.fullmatch(rf"{re.escape(name)}-[0-9]{{4}}-[0-9]{{2}}[a-z]?", each)]
    if name not in known and not family:
        shown = name if re.fullmatch(r"[\w.-]{1,60}", name) else "of that name"
        raise UnknownProfile(profile=shown, known=", ".join(known))
    return _SHIPPED / f"{name if name in known else family[-1]}.toml"


def _profile(document: Table, *, expected_name: str) -> Profile:
    name = document.text("name")
    if name != expected_name:
        raise RiskModelError(reason=f"its name must be that of the file, {expected_name}")
    base = load_profile(document.text("extends")) if "extends" in document else None

    def part(key: str, read: Callable[[], _Part], inherited: Callable[[Profile], _Part]) -> _Part:
        return read() if base is None or key in document else inherited(base)

    def figure(key: str, inherited: Callable[[Profile], Figure]) -> Figure:
        return part(key, lambda: _figure(document.table(key), "value"), inherited)

    def bands() -> tuple[tuple[Band, ...], str]:
        return tuple(_band(table) for table in document.tables("band")), document.text("bands_source")

    def refuses() -> tuple[tuple[Field, ...], str]:
        return _refuses(document), document.text("refuses_source", default="")

    weights = _weights(document.tables("weight", optional=base is not None))
    limits, limits_source = part("band", bands, lambda p: (p.bands, p.bands_source))
    refused, refused_source = (
        refuses() if base is None or "refuses" in document else (base.refuses, base.refuses_source)
    )
    profile = Profile(
        name=name,
        dated=document.date("dated"),
        purpose=document.text("purpose"),
        half_lives=part("half_life", lambda: _half_lives(document), lambda p: dict(p.half_lives)),
        circulation=part("circulation", lambda: _circulation(document), lambda p: dict(p.circulation)),
        weights={**(base.weights if base else {}), **weights},
        bands=limits,
        bands_source=limits_source,
        grid=figure("probability_grid", lambda p: p.grid),
        probability_min=figure("probability_min", lambda p: p.probability_min),
        feasibility_min=figure("feasibility_min", lambda p: p.feasibility_min),
        near_certain=figure("near_certain", lambda p: p.near_certain),
        doubtful_share=figure("doubtful_share", lambda p: p.doubtful_share),
        partial_share=figure("partial_share", lambda p: p.partial_share),
        population=part("population", lambda: _population(document), lambda p: dict(p.population)),
        refuses=refused,
        refuses_source=refused_source,
    )
    document.finish()
    return profile


def _figure(table: Table, key: str) -> Figure:
    figure = Figure(value=table.number(key), source=table.text("source"))
    table.finish()
    return figure


def _band(table: Table) -> Band:
    band = Band(name=table.text("name"), score_min=table.number("score_min"))
    table.finish()
    return band


def _refuses(document: Table) -> tuple[Field, ...]:
    if "refuses" not in document:
        return ()
    names = document.texts("refuses")
    if unknown := [each for each in names if each not in set(Field)]:
        raise RiskModelError(
            reason=f"`refuses`: `{unknown[0]}` is no field; valid are {', '.join(sorted(Field))}"
        )
    return tuple(Field(each) for each in names)


def _half_lives(document: Table) -> dict[AttributeClass, Figure]:
    half_lives: dict[AttributeClass, Figure] = {}
    for table in document.tables("half_life"):
        classes = table.classes("classes")
        figure = _figure(table, "years")
        for attribute in classes:
            if attribute in half_lives:
                raise RiskModelError(reason=f"{table.where}: {attribute} has a half-life already")
            half_lives[attribute] = figure
    return half_lives


def _circulation(document: Table) -> dict[tuple[Status, PersonsKind | None], Figure]:
    circulation: dict[tuple[Status, PersonsKind | None], Figure] = {}
    for table in document.tables("circulation"):
        status = table.member("status", Status)
        key = (status, table.member("persons_kind", PersonsKind) if "persons_kind" in table else None)
        if key in circulation:
            raise RiskModelError(reason=f"{table.where}: {key[0]} stands twice")
        circulation[key] = _figure(table, "factor")
    return circulation


def _population(document: Table) -> dict[Scope, Figure]:
    population: dict[Scope, Figure] = {}
    for table in document.tables("population"):
        scope = table.member("scope", Scope)
        if scope in population:
            raise RiskModelError(reason=f"{table.where}: {scope} stands twice")
        population[scope] = _figure(table, "persons")
    return population


def _weights(tables: tuple[Table, ...]) -> dict[str, Figure]:
    weights: dict[str, Figure] = {}
    for table in tables:
        scenario = table.text("scenario")
        if scenario in weights:
            raise RiskModelError(reason=f"{table.where}: {scenario} has a weight already")
        weights[scenario] = _figure(table, "weight")
    return weights
