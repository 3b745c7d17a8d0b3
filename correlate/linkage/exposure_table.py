"""From links to exposures: which breaches each subject stands in, each distinct set kept once.

Probabilities are rounded to whole hundredths here, so that millions of subjects share far fewer exposures and
risk is worked out once for each. Everything is whole numbers from this point on: no sum depends on an order.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import numpy.typing as npt
import polars as pl

from correlate.linkage.compare import SHARED
from correlate.linkage.link import HOUSEHOLD, LINKED
from correlate.vault import Vault, parse_classes
from correlate.vocabulary import AttributeClass

__all__ = ["EXPOSURES", "ExposureTable"]

EXPOSURES = "exposure"
"""The temporary table that holds the distinct exposures."""

# An element is breach_no, class_set_no, origin and hundredths side by side in one integer.
BREACH_SHIFT, CLASS_SET_SHIFT, ORIGIN_SHIFT = 44, 12, 7
# Numbers of breaches and class sets that the vault does not hold begin here, behind all that it ever gives:
# they stay what they are when it takes in more.
BROUGHT_BREACH, BROUGHT_CLASS_SET = 40_000, 1 << 30
# An origin: the depth of a linked record, or one of these.
OWN, DECLARED, OF_HOUSEHOLD = 0, 30, 31
# What a record of another person of the household says of the subject: the values that both rows bear.
SHARED_CLASSES: dict[str, tuple[AttributeClass, ...]] = {
    "nir": (AttributeClass.NIR,),
    "phone": (AttributeClass.PHONE,),
    "iban": (AttributeClass.IBAN,),
    "email": (AttributeClass.EMAIL,),
    "home": (AttributeClass.ADDR, AttributeClass.ZIP),
}

IDENTITY = ("subject_no", "breach_no", "class_set_no")
TOLD = dict.fromkeys((*IDENTITY, "origin", "percent"), pl.Int64)

SCHEMA = """
CREATE OR REPLACE TEMP TABLE exposure (exposure_no INTEGER, elements BIGINT[]);
INSERT INTO exposure VALUES (0, []);
"""

# The best of a subject's links to a breach and class set by origin; the subject's own row counts as certain.
# A link that a shorter path makes as likely adds nothing; what was told of the subject comes before any path.
ELEMENTS = f"""
WITH found AS (
    SELECT subject_no, breach_no, class_set_no, depth::BIGINT AS origin,
        round(100 * probability)::BIGINT AS percent
    FROM {LINKED}
    UNION ALL
    SELECT subject_no, breach_no, shared_set.class_set_no, {OF_HOUSEHOLD}, round(100 * probability)::BIGINT
    FROM {HOUSEHOLD} JOIN shared_set USING (shared)
    UNION ALL
    SELECT subject_no, breach_no, class_set_no, origin, percent FROM told_row
),
best AS (
    SELECT subject_no, breach_no, class_set_no, origin, max(percent) AS percent
    FROM found GROUP BY ALL HAVING max(percent) >= 1
),
needed AS (
    SELECT *, max(percent) OVER (
        PARTITION BY subject_no, breach_no, class_set_no
        ORDER BY CASE origin WHEN {DECLARED} THEN {OWN} ELSE origin END, origin
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS nearer
    FROM best
)
SELECT subject_id, list(
    (breach_no::BIGINT << {BREACH_SHIFT}) + (class_set_no::BIGINT << {CLASS_SET_SHIFT})
        + (origin << {ORIGIN_SHIFT}) + percent
) FILTER (percent > coalesce(nearer, 0)) AS elements
FROM named LEFT JOIN needed USING (subject_no) GROUP BY subject_id
"""

# A subject whose rows came in several batches: all elements, the best per breach, class set and origin.
MERGE = f"""
WITH element AS (
    SELECT subject_id, unnest(elements) AS element FROM scattered JOIN exposure USING (exposure_no)
),
best AS (
    SELECT subject_id, max(element) AS element FROM element
    GROUP BY subject_id, element >> {ORIGIN_SHIFT}
)
SELECT subject_id, list(element) FILTER (element IS NOT NULL) AS elements
FROM (SELECT DISTINCT subject_id FROM scattered) LEFT JOIN best USING (subject_id) GROUP BY subject_id
"""


class ExposureTable:
    """Numbers the distinct exposures of subjects, batch by batch, in a temporary table of the vault's
    connection.
    """

    def __init__(self, vault: Vault) -> None:
        """Make the temporary tables."""
        self._engine = vault.engine
        self._class_sets = {classes: number for number, classes in vault.class_sets().items()}
        self._breaches = dict(vault.engine.rows("SELECT breach, breach_no FROM breach"))
        # What an earlier run has numbered keeps its number, even where the vault has one for it by now.
        self._classes_of = {number: classes for classes, number in self._class_sets.items()}
        self._name_of = {number: name for name, number in self._breaches.items()}
        for statement in filter(str.strip, SCHEMA.split(";")):
            self._engine.execute(statement, step="the exposure tables")

    def add(
        self,
        subjects: pl.DataFrame,
        *,
        own: pl.DataFrame | None = None,
        declared: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """Take in the links of one batch, which ``link`` has left; gives (subject_id, exposure_no).

        Args:
            subjects: (subject_no, subject_id), one row a subject of the batch.
            own: (subject_no, breach_no, class_set_no) of rows that the subjects themselves are.
            declared: (subject_no, breach_no, class_set_no, percent) of what the subjects were told of.
        """
        parts = [pl.DataFrame(schema=TOLD)]
        if own is not None:
            parts.append(own.select(*IDENTITY, origin=pl.lit(OWN, pl.Int64), percent=pl.lit(100, pl.Int64)))
        if declared is not None:
            parts.append(declared.select(*IDENTITY, origin=pl.lit(DECLARED, pl.Int64), percent="percent"))
        with self._engine.given(named=subjects, told_row=pl.concat(parts), shared_set=self._shared_sets()):
            return self._numbered(ELEMENTS)

    def _shared_sets(self) -> pl.DataFrame:
        """The class set that each combination of shared values makes; nothing shared makes none."""
        sets = [
            tuple(
                code
                for code in AttributeClass
                if any(
                    bits >> place & 1 and code in SHARED_CLASSES[name] for place, name in enumerate(SHARED)
                )
            )
            for bits in range(1, 1 << len(SHARED))
        ]
        numbers = self.class_set_numbers(tuple(sets))
        return pl.DataFrame({"shared": range(1, len(sets) + 1), "class_set_no": numbers})

    def merged(self, scattered: pl.DataFrame) -> pl.DataFrame:
        """Bring subjects (subject_id, exposure_no) together that stand several times: one row each."""
        with self._engine.given(scattered=scattered):
            return self._numbered(MERGE)

    def since(self, first: int) -> pl.DataFrame:
        """The exposures numbered from ``first`` on: exposure_no, elements."""
        return self._engine.frame(
            "SELECT exposure_no, elements FROM exposure WHERE exposure_no >= ?", [first]
        )

    def names(self) -> dict[str, dict[str, int]]:
        """The numbers of breaches and class sets that the subjects brought, and the vault does not hold."""
        return {
            "breaches": {name: no for no, name in self._name_of.items() if no >= BROUGHT_BREACH},
            "class_sets": {
                ",".join(classes): no for no, classes in self._classes_of.items() if no >= BROUGHT_CLASS_SET
            },
        }

    def overtaken(self, names: dict[str, dict[str, int]]) -> tuple[set[int], set[int]]:
        """Of what subjects of an earlier run brought (:meth:`names`), the numbers of the breaches and of the
        class sets that the vault itself holds by now.
        """
        return (
            {no for name, no in names["breaches"].items() if self._breaches.get(name, no) != no},
            {
                no
                for text, no in names["class_sets"].items()
                if self._class_sets.get(parse_classes(text), no) != no
            },
        )

    @staticmethod
    def naming(exposures: pl.DataFrame, breaches: Set[int], class_sets: Set[int]) -> pl.Series:
        """The numbers of those exposures (:meth:`since`) that name one of these breaches or class sets."""
        if not breaches and not class_sets:
            return exposures["exposure_no"].clear()
        element = pl.col("elements")
        named = (element // 2**BREACH_SHIFT).is_in(list(breaches)) | (
            element // 2**CLASS_SET_SHIFT % 2 ** (BREACH_SHIFT - CLASS_SET_SHIFT)
        ).is_in(list(class_sets))
        each = exposures.filter(element.list.len() > 0).explode("elements")
        return each.filter(named)["exposure_no"].unique()

    @staticmethod
    def voided(exposures: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
        """Exposures (:meth:`since`), some of which are to be nobody's any more, whatever their elements."""
        nobody = pl.concat_list(-1 - pl.col("exposure_no").cast(pl.Int64))
        gone = pl.col("exposure_no").is_in(numbers.implode())
        return exposures.with_columns(elements=pl.when(gone).then(nobody).otherwise("elements"))

    def restore(self, exposures: pl.DataFrame, names: dict[str, dict[str, int]]) -> None:
        """Know again what an earlier run had numbered: rows of :meth:`since`, and :meth:`names`."""
        for name, number in names["breaches"].items():
            self._name_of[number] = name
            self._breaches.setdefault(name, number)
        for text, number in names["class_sets"].items():
            self._classes_of[number] = parse_classes(text)
            self._class_sets.setdefault(self._classes_of[number], number)
        self._engine.append("exposure", exposures, step="exposures of an earlier run")

    def breach_no(self, breach: str) -> int:
        """The vault's number of a breach, or a new one for a breach that only the subjects bring."""
        number = self._breaches.setdefault(breach, max(BROUGHT_BREACH, max(self._name_of, default=0) + 1))
        self._name_of[number] = breach
        return int(number)

    def class_set_numbers(self, sets: tuple[tuple[AttributeClass, ...], ...]) -> npt.NDArray[np.int64]:
        """The numbers of class sets, new ones for those the vault does not hold."""
        for classes in sets:
            following = max(BROUGHT_CLASS_SET, max(self._classes_of, default=0) + 1)
            self._classes_of[self._class_sets.setdefault(classes, following)] = classes
        return np.array([self._class_sets[classes] for classes in sets], dtype=np.int64)

    def class_sets(self) -> dict[int, tuple[AttributeClass, ...]]:
        """The classes behind each number."""
        return dict(self._classes_of)

    def exposures(self, first: int, end: int) -> pl.DataFrame:
        """The distinct exposures numbered from ``first`` to before ``end``, one row an element: exposure_no,
        breach, class_set, percent, evidence, depth.
        """
        elements = self._engine.frame(
            "SELECT exposure_no, element FROM ("
            "SELECT exposure_no, unnest(elements) AS element FROM exposure "
            "WHERE exposure_no >= ? AND exposure_no < ?) WHERE element >= 0",
            [first, end],
        )
        # With no name at all, as in an empty vault, Polars forgets the type that is asked for: 0 is none's.
        names = {0: "", **self._name_of}
        element = pl.col("element")
        origin = element // 2**ORIGIN_SHIFT % 2 ** (CLASS_SET_SHIFT - ORIGIN_SHIFT)
        evidence = {OWN: "own", DECLARED: "declared", OF_HOUSEHOLD: "household"}
        depth = {DECLARED: 0, OF_HOUSEHOLD: 1}
        return elements.select(
            "exposure_no",
            breach=(element // 2**BREACH_SHIFT).replace_strict(names, return_dtype=pl.String),
            class_set=(element // 2**CLASS_SET_SHIFT % 2 ** (BREACH_SHIFT - CLASS_SET_SHIFT)).cast(pl.Int32),
            percent=element % 2**ORIGIN_SHIFT,
            evidence=origin.replace_strict(evidence, default="linked", return_dtype=pl.String),
            depth=origin.replace(depth).cast(pl.Int8),
        )

    @property
    def count(self) -> int:
        """How many distinct exposures there are, the empty one among them."""
        return int(self._engine.scalar("SELECT count(*) FROM exposure"))

    def _numbered(self, select: str) -> pl.DataFrame:
        """The exposure of each subject of a SELECT of (subject_id, elements), numbered: (subject_id,
        exposure_no).

        New ones are numbered in the order of their elements: those that are assessed together then have the
        more in common, which is worked out once.
        """
        engine = self._engine
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE found AS "
            f"SELECT subject_id, list_sort(coalesce(elements, [])) AS elements FROM ({select})",
            step="exposures",
        )
        engine.execute(
            """
            INSERT INTO exposure
            SELECT (SELECT count(*) FROM exposure) + row_number() OVER (ORDER BY elements) - 1, elements
            FROM (SELECT DISTINCT elements FROM found) AS fresh
            ANTI JOIN exposure USING (elements)
            """,
            step="new exposures",
        )
        return engine.frame("SELECT subject_id, exposure_no FROM found JOIN exposure USING (elements)")
