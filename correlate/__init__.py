"""Correlate: what the combination of data breaches makes possible, person by person, on keyed tokens."""

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
