"""Correlate: what the combination of data breaches makes possible, person by person, on keyed tokens.

A room is loaded when a name of it is first asked for: whoever only reads a key does not wait for the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from correlate import loops as loops
    from correlate import normalise as normalise
    from correlate import report as report
    from correlate import score_files as score_files
    from correlate import timings as timings
    from correlate.catalogue import Breach, Catalogue, UnknownBreach
    from correlate.changes import Changes, diff
    from correlate.checking import check
    from correlate.declared import UnknownDeclaredBreach
    from correlate.demonstration import DemonstrationReport, demonstrate
    from correlate.errors import CorrelateError, InputError, KeyFileError, VaultError
    from correlate.evaluation import Evaluation, LinkExplanation, evaluate, explain_link, linked_pairs
    from correlate.forgetting import ForgetReport, forget
    from correlate.learning import learn
    from correlate.linkage import LinkageModel, load_model, model_toml
    from correlate.pipeline import FieldRefused, Models, ScoreReport
    from correlate.reading import Mapping, RejectsWriter, load_mapping
    from correlate.risk import Profile, ScenarioSet
    from correlate.scoring import score, score_frame
    from correlate.synthesis import SynthesisSummary, synthesise
    from correlate.tokens import SecretKey, create_key, load_key
    from correlate.vault import (
        CompactReport,
        Finding,
        IngestReport,
        Limits,
        Vault,
        VaultInfo,
        compact,
        ingest,
        remove_breach,
        verify,
    )
    from correlate.vocabulary import AttributeClass, Field

__all__ = [
    "AttributeClass",
    "Breach",
    "Catalogue",
    "Changes",
    "CompactReport",
    "CorrelateError",
    "DemonstrationReport",
    "Evaluation",
    "Field",
    "FieldRefused",
    "Finding",
    "ForgetReport",
    "IngestReport",
    "InputError",
    "KeyFileError",
    "Limits",
    "LinkExplanation",
    "LinkageModel",
    "Mapping",
    "Models",
    "Profile",
    "RejectsWriter",
    "ScenarioSet",
    "ScoreReport",
    "SecretKey",
    "SynthesisSummary",
    "UnknownBreach",
    "UnknownDeclaredBreach",
    "Vault",
    "VaultError",
    "VaultInfo",
    "check",
    "compact",
    "create_key",
    "demonstrate",
    "diff",
    "evaluate",
    "explain_link",
    "forget",
    "ingest",
    "learn",
    "linked_pairs",
    "load_key",
    "load_mapping",
    "load_model",
    "model_toml",
    "remove_breach",
    "score",
    "score_frame",
    "synthesise",
    "verify",
]

# The rooms, and what each of them offers here.
_ROOMS: dict[str, tuple[str, ...]] = {
    "catalogue": ("Breach", "Catalogue", "UnknownBreach"),
    "changes": ("Changes", "diff"),
    "checking": ("check",),
    "declared": ("UnknownDeclaredBreach",),
    "demonstration": ("DemonstrationReport", "demonstrate"),
    "errors": ("CorrelateError", "InputError", "KeyFileError", "VaultError"),
    "evaluation": ("Evaluation", "LinkExplanation", "evaluate", "explain_link", "linked_pairs"),
    "forgetting": ("ForgetReport", "forget"),
    "learning": ("learn",),
    "linkage": ("LinkageModel", "load_model", "model_toml"),
    "loops": (),
    "normalise": (),
    "pipeline": ("FieldRefused", "Models", "ScoreReport"),
    "reading": ("Mapping", "RejectsWriter", "load_mapping"),
    "report": (),
    "risk": ("Profile", "ScenarioSet"),
    "score_files": (),
    "scoring": ("score", "score_frame"),
    "synthesis": ("SynthesisSummary", "synthesise"),
    "timings": (),
    "tokens": ("SecretKey", "create_key", "load_key"),
    "vault": (
        "CompactReport",
        "Finding",
        "IngestReport",
        "Limits",
        "Vault",
        "VaultInfo",
        "compact",
        "ingest",
        "remove_breach",
        "verify",
    ),
    "vocabulary": ("AttributeClass", "Field"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def _load(name: str) -> Any:  # noqa: ANN401 - whatever the room holds
    """Give a room, or a public name, and keep it for the next time."""
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Hidden from type checkers, which would take any name for granted.
if not TYPE_CHECKING:
    __getattr__ = _load
