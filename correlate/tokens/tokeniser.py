"""From raw columns to tokens: the last place where a value exists.

A batch comes in as raw strings, one column a field, and goes out as 64-bit tokens, linkage keys and the
attribute classes that each row exposes. Nothing raw or canonical leaves this room.
"""

from __future__ import annotations

import polars as pl

from correlate.normalise.birth import DateOrder
from correlate.normalise.full_name import NameOrder
from correlate.tokens.batch import Batch
from correlate.tokens.birth_fields import read_birth
from correlate.tokens.contact_fields import read_contacts
from correlate.tokens.generic_fields import read_generic
from correlate.tokens.home_fields import read_home
from correlate.tokens.key import SecretKey
from correlate.tokens.linkage_key import linkage_keys
from correlate.tokens.memory import Memory
from correlate.tokens.name_fields import read_names
from correlate.tokens.people import People
from correlate.tokens.scheme import DEFAULT_SCHEME, Scheme, Tokens, make_scheme
from correlate.tokens.sketch import Sketcher

__all__ = ["Tokeniser"]


class Tokeniser:
    """Turns raw columns into tokens under one secret key and scheme."""

    def __init__(self, key: SecretKey, *, scheme: str = DEFAULT_SCHEME) -> None:
        """Bind the key; raises UnknownScheme."""
        self.key_id = key.key_id
        self.scheme: Scheme = make_scheme(scheme, key)
        self._sketcher = Sketcher(self.scheme)
        self._small: dict[str, Tokens] = {}

    def people(
        self,
        frame: pl.DataFrame,
        *,
        asking: bool = False,
        date_order: DateOrder = "dmy",
        name_order: NameOrder = "first_name_first",
        memory: Memory | None = None,
    ) -> People:
        """Tokenise a batch. What becomes of a row depends on that row and the arguments alone.

        Args:
            frame: n rows of strings; columns named by Field ("nir", "phone", "phone.2") or by attribute
                class ("class:PW", of which only presence counts). Other columns are not looked at.
            asking: the rows are subjects: make the linkage keys only the asking side makes.
            date_order: for dates whose form does not tell; ``normalise.birth.infer_order`` finds a file's.
            name_order: for full names whose form does not tell; ``normalise.name.infer_name_order``.
            memory: of the file's other batches, and for this one.

        Raises:
            TooManyColumns: more columns carry personal data than can be told apart.
        """
        batch = Batch(
            scheme=self.scheme, sketcher=self._sketcher, frame=frame, memory=memory, small=self._small
        )
        read_contacts(batch)
        read_names(batch, name_order)
        read_home(batch)
        read_generic(batch)
        nir_own = read_birth(batch, date_order)
        batch.mark_the_rest()
        keys, rows = linkage_keys(self.scheme, batch.tokens, asking=asking)
        return People(
            tokens=batch.tokens,
            nir_own=nir_own,
            classes=batch.exposed.collect(),
            keys=keys,
            key_rows=rows,
            dropped=batch.dropped,
        )
