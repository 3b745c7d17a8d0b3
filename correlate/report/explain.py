"""From a file of scores to the page on one of its subjects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from correlate.errors import InputError
from correlate.report.page import Page
from correlate.report.scored_row import NotScores, scored_row
from correlate.report.words import Audience, Language
from correlate.risk import Profile, ReasonBook, ScenarioSet, SeverityTable
from correlate.score_files import ModelName

__all__ = ["MadeWithAnother", "explain_lines"]

_AUDIENCES: dict[str, Audience] = {"insurer": "insurer", "lender": "bank"}


class MadeWithAnother(InputError):
    """{file} was made with {part} {made_with}, and this is {given}. {step}."""


def explain_lines(
    file: Path,
    subject_id: str,
    *,
    key_id: str,
    scenarios: ScenarioSet,
    profile: Profile | None = None,
    audience: Audience | None = None,
    language: Language = "en",
) -> Iterator[str]:
    """The page on one subject.

    Args:
        file: scores as Parquet or JSON lines.
        subject_id: the subject.
        key_id: of the vault; the file must have been made with the same key.
        scenarios: those that the file was made with.
        profile: the one that the file was made with; the shipped one of its name if left out.
        audience: who is told what to do; by the profile if left out, for research the person.
        language: of the page.

    Raises:
        NotScores: the file is not one of scores, or does not say how it was made.
        NoSuchSubject: it has no such subject.
        MadeWithAnother: it was made with another key, profile or scenarios.
    """
    row = scored_row(file, subject_id)
    made = _made_with(file, row["model"])
    name = made.plain_profile
    if row["key_id"] != key_id:
        _refuse(file, "key", row["key_id"], key_id, "Name the key and the vault that it was made with")
    known = profile or Profile.load(name)
    if known.name != name:
        _refuse(file, "profile", name, known.name, "Name that profile with --profile")
    if scenarios.version != made.scenarios:
        step = "Name the scenarios that it was made with, with --scenarios"
        _refuse(file, "scenarios", made.scenarios, scenarios.version, step)
    page = Page(
        scenarios=scenarios,
        profile=known,
        reasons=ReasonBook.load(scenarios),
        severity=SeverityTable.load(),
        language=language,
        audience=audience or _AUDIENCES.get(name.split("-")[0], "person"),
    )
    yield from page.lines(row)


def _made_with(file: Path, model: str) -> ModelName:
    try:
        return ModelName.parse(model)
    except ValueError:
        reason = "its column model does not name a linkage model, a profile, scenarios and a date"
        raise NotScores(file=file, reason=reason) from None


def _refuse(file: Path, part: str, made_with: str, given: str, step: str) -> None:
    raise MadeWithAnother(file=file, part=part, made_with=made_with, given=given, step=step)
