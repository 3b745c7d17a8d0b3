"""``correlate check``: one person, from standard input."""

from __future__ import annotations

import dataclasses
import json
import sys

import typer

from correlate.checking import check as check_person
from correlate.errors import InputError
from correlate.pipeline import Models
from correlate_cli.score import AsOfOption, BreachOption, as_of_date
from correlate_cli.shared import (
    CatalogueOption,
    KeyOption,
    ModelOption,
    VaultArgument,
    given_catalogue,
    given_model,
    open_vault,
)

__all__ = ["NotAPerson", "check"]

SUBJECT_ID = "subject_id"


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
) -> None:
    """Score one person, given as a JSON object on standard input; the result is JSON on standard output.

    Standard input, because other users of the machine can read a command's
    arguments. Fields have the names a file's columns could have; "subject_id"
    is your own reference and is given back.

    [bold]Example[/bold]
      correlate check members.duckdb --key secret.key < person.json
    """
    person = _read_person(sys.stdin.read())
    known = given_catalogue(catalogue)
    models = Models.default(as_of=as_of_date(as_of), catalogue=known)
    models = dataclasses.replace(models, linkage=given_model(model))
    subject_id = str(person.pop(SUBJECT_ID, "1"))
    with open_vault(vault, key) as opened:
        result = check_person(
            opened, person, models=models, subject_id=subject_id, breach=known.get(breach) if breach else None
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
