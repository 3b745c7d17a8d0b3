"""Candidate pairs, compared and judged: the one place where two rows' tokens become a probability."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from correlate.linkage.askers import Askers
from correlate.linkage.candidates import candidate_steps, hit_step, key_frequency_step
from correlate.linkage.comparison import COMPARISONS, Comparison, level_sql
from correlate.linkage.model import LinkageModel
from correlate.linkage.rarity import with_rarity
from correlate.vault import Step, Vault

__all__ = ["JUDGED", "LEVELS", "PairCounts", "agreement_step", "find_candidates", "judge", "judge_steps"]

log = logging.getLogger(__name__)

JUDGED = "judged"
"""The temporary table that ``judge`` leaves: asker_no, record_id, breach_no, class_set_no, the level of each
comparison, term_bits, shared, probability, household_probability."""

LEVELS = tuple(f"{comparison.field}_level" for comparison in COMPARISONS)

# What two rows of one household may have in common, as bits of ``shared``.
SHARED: tuple[tuple[str, str], ...] = (
    ("nir", "s.nir = r.nir AND s.nir_own"),
    ("phone", "s.phone IN (r.phone, r.phone_alt) OR s.phone_alt IN (r.phone, r.phone_alt)"),
    ("iban", "s.iban = r.iban"),
    ("email", "s.email IN (r.email, r.email_alt) OR s.email_alt IN (r.email, r.email_alt)"),
    ("home", "s.street = r.street AND s.postcode = r.postcode"),
)


@dataclass(frozen=True, kw_only=True)
class PairCounts:
    """How many rows each stage had: keys asked for, keys too common to follow, candidate pairs."""

    keys: int
    keys_capped: int
    candidates: int


def judge(
    vault: Vault, askers: Askers, *, model: LinkageModel, probability_min: float = 0.0, stepwise: bool = False
) -> PairCounts:
    """Find, compare and judge all candidate pairs of some askers; the result is the temporary table JUDGED.

    Args:
        vault: open.
        askers: rows that ask.
        model: parameters.
        probability_min: pairs that reach it neither as person nor as household are left out.
        stepwise: run every step by itself and log its rows and seconds (for debugging; same result).
    """
    with vault.engine.given(asker_key=askers.keys):
        counts = find_candidates(vault, askers, model=model, stepwise=stepwise)
        asker = with_rarity(vault.engine, askers, model)
        with vault.engine.given(asker=asker):
            steps = [agreement_step(), *judge_steps(model, probability_min)]
            vault.engine.run(steps, into=JUDGED, stepwise=stepwise)
    return counts


def find_candidates(
    vault: Vault, askers: Askers, *, model: LinkageModel, stepwise: bool = False
) -> PairCounts:
    """Make the temporary tables hit, key_frequency and candidate; ``asker_key`` is given by the caller."""
    engine = vault.engine
    engine.run([hit_step()], into="hit", stepwise=stepwise)
    engine.run([key_frequency_step()], into="key_frequency", stepwise=stepwise)
    records = int(engine.scalar("SELECT count(*) FROM record"))
    wide = records <= model.wide_records_max
    with engine.given(asker=askers.rows):
        candidates = engine.run(candidate_steps(model, wide=wide), into="candidate", stepwise=stepwise)
    capped = int(
        engine.scalar("SELECT count(*) FROM key_frequency WHERE records > ?", [model.key_records_max])
    )
    if capped:
        log.info(
            "%d linkage keys are shared by more than %d records and were not followed",
            capped,
            model.key_records_max,
        )
    return PairCounts(keys=askers.keys.height, keys_capped=capped, candidates=candidates)


def agreement_step(pairs: str = "candidate") -> Step:
    """The level of each comparison for each pair, how common what they agree on is, and what they share."""
    levels = ",\n".join(f"{level_sql(comparison)} AS {comparison.field}_level" for comparison in COMPARISONS)
    shared = " + ".join(
        f"(CASE WHEN {condition} THEN {1 << place} ELSE 0 END)" for place, (_, condition) in enumerate(SHARED)
    )
    terms = sorted({level.term for comparison in COMPARISONS for level in comparison.levels if level.term})
    given = ", ".join(f"s.{term}" for term in terms)
    rarity = "\n + ".join(_term_bits(comparison) for comparison in COMPARISONS)
    return (
        "agreement",
        f"""
        SELECT * EXCLUDE ({", ".join(terms)}), {rarity} AS term_bits
        FROM (
            SELECT asker_no, record_id, r.breach_no, r.class_set_no, ({shared})::TINYINT AS shared, {given},
            {levels}
            FROM {pairs} JOIN record AS r USING (record_id) JOIN asker AS s USING (asker_no)
        )
        """,
    )


def judge_steps(model: LinkageModel, probability_min: float) -> list[Step]:
    """From levels to probabilities."""
    return [
        (
            "weighed",
            f"""
            SELECT *, pow(2, {_sum(model, "person")} - term_bits) AS person,
                pow(2, {_sum(model, "household")} - term_bits) AS household
            FROM agreement
            """,
        ),
        (
            "odds",
            """
            SELECT * EXCLUDE (person, household), person / (person + household + 1) AS probability,
                household / (person + household + 1) AS household_probability
            FROM weighed
            """,
        ),
        (
            "judged",
            f"""
            SELECT * FROM odds
            WHERE probability >= {probability_min!r} OR household_probability >= {probability_min!r}
            """,
        ),
    ]


def _term_bits(comparison: Comparison) -> str:
    """log2 of how common the token is that the level agrees on, 0 for levels without one."""
    whens = " ".join(
        f"WHEN {place} THEN {level.term}" for place, level in enumerate(comparison.levels, 1) if level.term
    )
    return f"(CASE {comparison.field}_level {whens} ELSE 0 END)::DOUBLE" if whens else "0"


def _sum(model: LinkageModel, hypothesis: str) -> str:
    """Prior and each field's weight but for its terms, always added in the same order, so that the sum is the
    same to the last bit.
    """
    person = hypothesis == "person"
    terms = [f"{(model.person_prior_bits if person else model.household_prior_bits)!r}::DOUBLE"]
    for comparison in COMPARISONS:
        bits = [
            (odds.m_bits if person else odds.h_bits) - chance
            for odds, chance in zip(model.odds(comparison), model.u_bits(comparison), strict=True)
        ]
        whens = " ".join(f"WHEN {place} THEN {value!r}" for place, value in enumerate(bits, 1))
        terms.append(f"(CASE {comparison.field}_level {whens} ELSE 0 END)::DOUBLE")
    return "(" + "\n + ".join(terms) + ")"
