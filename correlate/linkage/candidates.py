"""Candidate pairs: which records are worth comparing with an asking row, and what is not followed.

Two ways lead to a candidate. Linkage keys are stored with every record, and find pairs at any size. Wide keys
are equalities of a few columns, not stored, and cost a scan of the records: they are followed in small vaults
alone, where they find pairs with several errors at once. Both are bounded: a value that too many records
share identifies nobody and is not followed. Nothing here depends on who else is asked for.
"""

from __future__ import annotations

from correlate.linkage.model import LinkageModel
from correlate.vault import Step

__all__ = ["WIDE_KEYS", "candidate_steps", "hit_step", "key_frequency_step"]

WIDE_KEYS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("birth_date", "birth_date"),),
    (("street", "street"),),
    (("phonetic", "phonetic"), ("first_phonetic", "first_phonetic")),
    (("phonetic", "first_phonetic"), ("first_phonetic", "phonetic")),
    (("postcode", "postcode"), ("city", "city")),
    (("first_phonetic", "first_phonetic"), ("postcode", "postcode")),
    (("first_phonetic", "first_phonetic"), ("city", "city")),
    (("phonetic", "phonetic"), ("postcode", "postcode")),
    (("phonetic", "phonetic"), ("city", "city")),
    (("birth_yymm", "birth_yymm"), ("postcode", "postcode")),
    (("birth_yydd", "birth_yydd"), ("postcode", "postcode")),
    (("birth_mmdd", "birth_mmdd"), ("postcode", "postcode")),
    (("phonetic", "phonetic"), ("birth_yymm", "birth_yymm")),
    (("first_phonetic", "first_phonetic"), ("birth_yymm", "birth_yymm")),
    (("first_phonetic", "first_phonetic"), ("birth_mmdd", "birth_mmdd")),
    (("phonetic", "phonetic"), ("department", "department")),
    (("phonetic", "phonetic"), ("birth_place", "birth_place")),
    (("first_phonetic", "first_phonetic"), ("birth_place", "birth_place")),
    # A quarter of a sketch: streets that are spelt alike.
    *(
        ((f"(street_sketch >> {shift}) & 65535", f"(r.street_sketch >> {shift}) & 65535"),)
        for shift in (0, 16, 32, 48)
    ),
)
"""Pairs of columns (asking row, record) that have to be equal. Chosen on labelled data,
docs/decisions/0007.
"""


def hit_step() -> Step:
    """Where the askers' keys occur in the vault: (key, record_id)."""
    return ("hit", "SELECT key, record_id FROM link_key SEMI JOIN asker_key USING (key)")


def key_frequency_step() -> Step:
    """How many records share each key, and the most of them in one breach, each of whose records is a
    person.
    """
    return (
        "key_frequency",
        """
        SELECT key, sum(records)::BIGINT AS records, max(records)::BIGINT AS in_one_breach
        FROM (
            SELECT key, breach_no, count(*) AS records
            FROM hit JOIN file ON file_no = record_id >> 40 GROUP BY key, breach_no
        ) GROUP BY key
        """,
    )


def candidate_steps(model: LinkageModel, *, wide: bool) -> list[Step]:
    """From hits to distinct pairs (asker_no, record_id)."""
    pairs = [
        "SELECT DISTINCT asker_no, record_id FROM asker_key JOIN usable_key USING (key) JOIN hit USING (key)",
        *(_wide_pairs(columns, model.wide_key_records_max) for columns in WIDE_KEYS if wide),
    ]
    return [
        ("usable_key", f"SELECT key FROM key_frequency WHERE records <= {model.key_records_max}"),
        ("candidate", "\nUNION\n".join(pairs)),
    ]


def _wide_pairs(columns: tuple[tuple[str, str], ...], most: int) -> str:
    asked = ", ".join(f"{mine} AS w{place}" for place, (mine, _) in enumerate(columns))
    held = " AND ".join(
        f"w{place} = {theirs if 'r.' in theirs else f'r.{theirs}'}"
        for place, (_, theirs) in enumerate(columns)
    )
    names = ", ".join(f"w{place}" for place in range(len(columns)))
    return f"""
        SELECT asker_no, unnest(record_ids) AS record_id
        FROM (SELECT asker_no, {asked} FROM asker)
        JOIN (
            SELECT {names}, list(record_id) AS record_ids
            FROM (SELECT DISTINCT {asked} FROM asker) JOIN record AS r ON {held}
            GROUP BY {names} HAVING count(*) <= {most}
        ) USING ({names})
        """
