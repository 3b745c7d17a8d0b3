"""Why two files of scores cannot be compared."""

from __future__ import annotations

from correlate.errors import InputError

__all__ = ["DifferentKeys", "DifferentModels", "RepeatedSubject", "UnusableScores"]


class UnusableScores(InputError):
    """{file} cannot be compared: {reason}. {step}."""


class RepeatedSubject(InputError):
    """{file} has one subject_id in rows {first} and {second}, so its subjects cannot be matched.

    Compare files as `correlate score` wrote them: one row a subject.
    """


class DifferentKeys(InputError):
    """{old} was made with key {old_key} and {new} with key {new_key}: their scores rest on other tokens.

    Score both with one key, and compare those.
    """


class DifferentModels(InputError):
    """{old} and {new} differ in {part}: {old_name} there and {new_name} here.

    Score both in one way; or add --across-models, and every change may be owed to the model alone.
    """
