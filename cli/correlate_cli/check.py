"""``correlate check``: one person, from standard input."""

from __future__ import annotations

import json
import sys

import typer

import correlate
from correlate.errors import InputError
from correlate_cli.score import AsOfOption, BreachOption
from correlate_cli.shared import (
    DEFAULT_PROFILE,
    BaseRatesOption,
    CatalogueOption,
    KeyOption,
    ModelOption,
    ProfileOption,
    ScenariosOption,
    SharesOption,
    VaultArgument,
    given_models,
    open_vault,
)

__all__ = ["NotAPerson", "check"]

SUBJECT_ID = "subject_id"
DECLARED = "declared"


class NotAPerson(InputError):
    """Standard input is not one person: {reason}. Send one JSON object with fields by name, for example
    {{"nom": "...", "prenom": "...", "date_naissance": "..."}}.
    """


def check(
    vault: VaultArgument,
    breach: BreachOption = None,
    as_of: AsOfOption = None,
    key: KeyOption = None,
    catalogue: CatalogueOption = None,
    model: ModelOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    scenarios: ScenariosOption = None,
    base_rates: BaseRatesOption = False,
    shares: SharesOption = False,
) -> None:
    """Score one person, given as a JSON object on standard input; the result is JSON on standard output.

    Standard input, because other users of the machine can read a command's
    arguments. Fields have the names a file's columns could have; "subject_id"
    is your own reference and is given back, and "declared" lists the breaches
    that the person was told of.

    [bold]Example[/bold]
      correlate check members.duckdb --key secret.key --shares < person.json
    """
    person = _read_person(sys.stdin.read())
    declared = _declared(person.pop(DECLARED, None))
    subject_id = str(person.pop(SUBJECT_ID, "1"))
    with open_vault(vault, key) as opened:
        models = given_models(
            as_of=as_of,
            catalogue=catalogue,
            model=model,
            profile=profile,
            scenarios=scenarios,
            base_rates=base_rates,
            shares=shares,
        )
        result = correlate.check(
            opened,
            person,
            models=models,
            subject_id=subject_id,
            breach=models.catalogue.get(breach) if breach else None,
            declared=declared,
        )
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2))


def _read_person(text: str) -> dict[str, object]:
    try:
        person = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotAPerson(reason=f"it is not JSON (line {error.lineno}, column {error.colno})") from None
    if not isinstance(person, dict):
        raise NotAPerson(reason="it is not an object")
    if any(isinstance(value, dict) for value in person.values()):
        raise NotAPerson(reason="a field holds an object")
    return person


def _declared(given: object) -> list[str]:
    """The ids of breaches, from a list or from one text with separators."""
    listed = given if isinstance(given, list) else [] if given is None else [given]
    if not all(isinstance(breach, str) for breach in listed):
        raise NotAPerson(reason=f'"{DECLARED}" is not a list of breach ids')
    return [str(breach) for breach in listed]
