"""The steps of linkage as named SELECTs over: subject, subject_key, and the vault's link_key and record."""

from __future__ import annotations

from correlate.linkage.comparison import COMPARISONS, level_sql
from correlate.linkage.model import LinkageModel
from correlate.vault import Step

__all__ = ["candidate_steps", "hit_step", "link_steps"]


def hit_step() -> Step:
    """Where the subjects' keys occur in the vault: (key, record_id)."""
    return (
        "hit",
        "SELECT key, record_id FROM link_key SEMI JOIN subject_key USING (key)",
    )


def candidate_steps(model: LinkageModel) -> list[Step]:
    """Count how many records each key value would bring, leave out those that too many share, then pair."""
    return [
        ("key_frequency", "SELECT key, count(*) AS records FROM hit GROUP BY key"),
        ("usable_key", f"SELECT key FROM key_frequency WHERE records <= {model.key_records_max}"),
        (
            "candidate",
            """
            SELECT DISTINCT subject_no, record_id
            FROM subject_key JOIN usable_key USING (key) JOIN hit USING (key)
            """,
        ),
    ]


def link_steps(model: LinkageModel) -> list[Step]:
    """Compare each candidate pair field by field, weigh the levels, and turn weights into a probability."""
    levels = ",\n".join(f"{level_sql(comparison)} AS {comparison.field}_level" for comparison in COMPARISONS)
    return [
        (
            "agreement",
            f"""
            SELECT subject_no, record_id, r.breach_no, r.class_set_no,
            {levels}
            FROM candidate JOIN record AS r USING (record_id) JOIN subject AS s USING (subject_no)
            """,
        ),
        (
            "weighed",
            f"""
            SELECT *, {_sum(model, "person")} AS person_bits, {_sum(model, "household")} AS household_bits
            FROM agreement
            """,
        ),
        (
            "odds",
            "SELECT *, pow(2, person_bits) AS person, pow(2, household_bits) AS household FROM weighed",
        ),
        (
            "judged",
            """
            SELECT *, person / (person + household + 1) AS probability,
                household / (person + household + 1) AS household_probability
            FROM odds
            """,
        ),
        (
            "linked",
            f"""
            SELECT subject_no, record_id, breach_no, class_set_no, probability, household_probability
            FROM judged WHERE probability >= {model.probability_min!r}
            """,
        ),
    ]


def _sum(model: LinkageModel, hypothesis: str) -> str:
    """Prior plus each field's bits, always added in the same order, so that the sum is the same to the last
    bit.
    """
    terms = [repr(model.person_prior_bits if hypothesis == "person" else model.household_prior_bits)]
    for comparison in COMPARISONS:
        bits = [o.person_bits if hypothesis == "person" else o.household_bits for o in model.odds(comparison)]
        whens = " ".join(f"WHEN {place} THEN {value!r}" for place, value in enumerate(bits, 1))
        terms.append(f"(CASE {comparison.field}_level {whens} ELSE 0 END)::DOUBLE")
    return "\n + ".join(f"{term}::DOUBLE" if place == 0 else term for place, term in enumerate(terms))
