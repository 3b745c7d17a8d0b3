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
from correlate.linkage.distinct_lists import DistinctLists, Lists, list_column
from correlate.linkage.elements import (
    BREACH_SHIFT,
    CLASS_SET_SHIFT,
    DECLARED,
    OF_HOUSEHOLD,
    ORIGIN_SHIFT,
    OWN,
    elements_of,
    likeliest,
    needed,
)
from correlate.linkage.link import HOUSEHOLD, LINKED
from correlate.vault import Vault, parse_classes
from correlate.vocabulary import AttributeClass

__all__ = ["ExposureTable"]

Numbers = npt.NDArray[np.int64]

# Numbers of breaches and class sets that the vault does not hold begin here, behind all that it ever gives:
# they stay what they are when it takes in more.
BROUGHT_BREACH, BROUGHT_CLASS_SET = 40_000, 1 << 30
# What a record of another person of the household says of the subject: the values that both rows bear.
SHARED_CLASSES: dict[str, tuple[AttributeClass, ...]] = {
    "nir": (AttributeClass.NIR,),
    "phone": (AttributeClass.PHONE,),
    "iban": (AttributeClass.IBAN,),
    "email": (AttributeClass.EMAIL,),
    "home": (AttributeClass.ADDR, AttributeClass.ZIP),
}

# A chance that rounds to no hundredth is none.
FOUND = f"""
SELECT subject_no::BIGINT AS subject_no, round(100 * probability)::BIGINT
    + (breach_no::BIGINT << {BREACH_SHIFT}) + (class_set_no::BIGINT << {CLASS_SET_SHIFT})
    + (depth::BIGINT << {ORIGIN_SHIFT}) AS element
FROM {LINKED} WHERE round(100 * probability) >= 1
"""
FOUND_OF_HOUSEHOLD = f"""
SELECT subject_no::BIGINT AS subject_no, breach_no::BIGINT AS breach_no, shared::BIGINT AS shared,
    round(100 * probability)::BIGINT AS percent
FROM {HOUSEHOLD} WHERE shared > 0 AND round(100 * probability) >= 1
"""


class ExposureTable:
    """Numbers the distinct exposures of subjects, batch by batch: lists of elements, the empty one first."""

    def __init__(self, vault: Vault) -> None:
        """Bind a vault; nobody has an exposure yet."""
        self._engine = vault.engine
        self._class_sets = {classes: number for number, classes in vault.class_sets().items()}
        self._breaches = dict(vault.engine.rows("SELECT breach, breach_no FROM breach"))
        # What an earlier run has numbered keeps its number, even where the vault has one for it by now.
        self._classes_of = {number: classes for classes, number in self._class_sets.items()}
        self._name_of = {number: name for name, number in self._breaches.items()}
        self._lists = DistinctLists()
        self._lists.append(Lists(np.empty(0, dtype=np.int64), np.zeros(2, dtype=np.int64)))

    def add(
        self,
        subjects: int,
        *,
        own: pl.DataFrame | None = None,
        declared: pl.DataFrame | None = None,
    ) -> npt.NDArray[np.int32]:
        """Take in the links of one batch, which ``link`` has left.

        Args:
            subjects: how many subjects the batch has, numbered from 1.
            own: (subject_no, breach_no, class_set_no) of rows that the subjects themselves are.
            declared: (subject_no, breach_no, class_set_no, percent) of what the subjects were told of.

        Returns:
            (subjects,) the exposure_no of each.
        """
        parts = [self._engine.frame(FOUND), self._of_household()]
        if own is not None:
            parts.append(_told(own, OWN, 100))
        if declared is not None:
            parts.append(_told(declared, DECLARED, declared["percent"].to_numpy()))
        found = pl.concat(parts)
        lists = needed(found["subject_no"].to_numpy() - 1, found["element"].to_numpy(), subjects)
        return self._lists.numbered(lists)

    def _of_household(self) -> pl.DataFrame:
        """(subject_no, element) of what records of others of the household say."""
        found = self._engine.frame(FOUND_OF_HOUSEHOLD)
        breach_no, shared, percent = (found[name].to_numpy() for name in ("breach_no", "shared", "percent"))
        elements = elements_of(breach_no, self._shared_sets()[shared], OF_HOUSEHOLD, percent)
        return found.select("subject_no", element=pl.Series(elements))

    def _shared_sets(self) -> Numbers:
        """The class set that each combination of shared values makes, by its bits; that of none is none."""
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
        return np.concatenate([[-1], self.class_set_numbers(tuple(sets))])

    def merged(self, scattered: pl.DataFrame) -> pl.DataFrame:
        """Bring subjects (subject_id, exposure_no) together that stand several times: one row each, with the
        best per breach, class set and origin.
        """
        ids = scattered["subject_id"].unique()
        numbered = scattered.join(ids.to_frame().with_row_index("place"), on="subject_id")
        lists = self._lists.taken(numbered["exposure_no"].to_numpy())
        owner = np.repeat(numbered["place"].to_numpy().astype(np.int64), np.diff(lists.starts))
        numbers = self._lists.numbered(likeliest(owner, lists.items, len(ids)))
        return pl.DataFrame({"subject_id": ids, "exposure_no": numbers})

    def since(self, first: int) -> pl.DataFrame:
        """The exposures numbered from ``first`` on: exposure_no, elements."""
        return _frame(first, self._lists.lists(first, self.count))

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
        self._lists.append(Lists.of_column(exposures["elements"]))

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
        frame = _frame(first, self._lists.lists(first, end))
        elements = frame.filter(pl.col("elements").list.len() > 0).explode("elements")
        elements = elements.filter(pl.col("elements") >= 0)
        # With no name at all, as in an empty vault, Polars forgets the type that is asked for: 0 is none's.
        names = {0: "", **self._name_of}
        element = pl.col("elements")
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
        return self._lists.count


def _told(rows: pl.DataFrame, origin: int, percent: Numbers | int) -> pl.DataFrame:
    """(subject_no, element) of rows (subject_no, breach_no, class_set_no)."""
    breach_no, class_set_no = rows["breach_no"].to_numpy(), rows["class_set_no"].to_numpy()
    elements = elements_of(breach_no, class_set_no, origin, percent)
    return rows.select("subject_no", element=pl.Series(elements, dtype=pl.Int64))


def _frame(first: int, lists: Lists) -> pl.DataFrame:
    """Exposures numbered from ``first`` on: exposure_no, elements."""
    numbers = pl.int_range(first, first + len(lists), dtype=pl.Int32, eager=True)
    return pl.DataFrame({"exposure_no": numbers, "elements": list_column(lists)})
