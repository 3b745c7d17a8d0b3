"""The words of the page on one subject, in English and French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = ["WORDS", "Audience", "Language"]

Language = Literal["en", "fr"]
Audience = Literal["person", "insurer", "bank"]

_ENGLISH = {
    "subject": "Subject {subject}",
    "score": "Score {score:.1f} of 100, {band}",
    "as_of": "as of {as_of}, profile {profile}",
    "bounds": "between {low:.1f} (near-certain links only) and {high:.1f} (every candidate link true)",
    "uplift": "{uplift:.1f} points are owed to combination: no breach alone gives more than {alone:.1f}",
    "severity": "ENISA severity of all that leaked, taken together: {se:.2f} ({level})",
    "nothing": "In no breach that is known here.",
    "reasons": "Why",
    "shares": "Whose part it is (exact shares, which sum to the score)",
    "losses": "Whose part it is (what the score would lose without it)",
    "alone": "alone {alone:.1f}",
    "evidence": "What it rests on",
    "own": "a row of the breach itself",
    "declared": "a breach the subject was told of",
    "linked": "records linked directly",
    "over": "records over {others} other",
    "household": "records of the household",
    "base_rate": "base rates, the same for everybody",
    "base_rates": "base rates",
    "classes": "Which data weigh most (what the score would lose without them; how surely they are held)",
    "opened": "What it makes possible",
    "only": "no breach alone opens it",
    "near": "What lacks one piece only",
    "lacks": "lacks {classes}",
    "complete": "has {classes}",
    "doubtful": "perhaps {classes}",
    "none": "(none)",
    "todo_person": "What the person can do",
    "todo_insurer": "What the insurer can do",
    "todo_bank": "What the bank can do",
    "cannot": "What this cannot say",
    "cannot_lines": (
        "It is not the chance that this person is defrauded, and a low score is no clearance.\n"
        "It knows the breaches of the vault, the catalogue and what was declared, and no others.\n"
        "How fresh data are, and how widely a file circulates, are averages."
    ),
    "or": "or",
    "low": "low",
    "moderate": "moderate",
    "high": "high",
    "critical": "critical",
    "medium": "medium",
    "very high": "very high",
}
_FRENCH = {
    "subject": "Sujet {subject}",
    "score": "Score {score:.1f} sur 100, {band}",
    "as_of": "au {as_of}, profil {profile}",
    "bounds": "entre {low:.1f} (liens quasi certains seuls) et {high:.1f} (tous les liens possibles vrais)",
    "uplift": "{uplift:.1f} points tiennent à la combinaison : nulle fuite seule ne dépasse {alone:.1f}",
    "severity": "Gravité ENISA de tout ce qui a fuité, pris ensemble : {se:.2f} ({level})",
    "nothing": "Dans aucune fuite connue ici.",
    "reasons": "Pourquoi",
    "shares": "La part de chaque fuite (parts exactes, dont la somme est le score)",
    "losses": "La part de chaque fuite (ce que le score perdrait sans elle)",
    "alone": "seule {alone:.1f}",
    "evidence": "Sur quoi il repose",
    "own": "une ligne de la fuite même",
    "declared": "une fuite notifiée au sujet",
    "linked": "des lignes liées directement",
    "over": "des lignes liées par {others} autre(s)",
    "household": "des lignes du foyer",
    "base_rate": "des moyennes, les mêmes pour tous",
    "base_rates": "moyennes",
    "classes": "Les données qui pèsent (ce que le score perdrait sans elles ; leur disponibilité)",
    "opened": "Ce que cela rend possible",
    "only": "aucune fuite seule ne l'ouvre",
    "near": "Ce à quoi il ne manque qu'un élément",
    "lacks": "manque {classes}",
    "complete": "a {classes}",
    "doubtful": "peut-être {classes}",
    "none": "(rien)",
    "todo_person": "Ce que la personne peut faire",
    "todo_insurer": "Ce que l'assureur peut faire",
    "todo_bank": "Ce que la banque peut faire",
    "cannot": "Ce que cela ne dit pas",
    "cannot_lines": (
        "Ce n'est pas la probabilité d'une fraude, et un score faible n'innocente ni ne rassure.\n"
        "Seules comptent les fuites du coffre, du catalogue et celles déclarées, et aucune autre.\n"
        "La fraîcheur des données et la circulation des fichiers sont des moyennes."
    ),
    "or": "ou",
    "low": "faible",
    "moderate": "modéré",
    "high": "élevé",
    "critical": "critique",
    "medium": "moyen",
    "very high": "très élevé",
}
WORDS: Mapping[Language, Mapping[str, str]] = {"en": _ENGLISH, "fr": _FRENCH}
