"""Other ways to link the same files: Splink on plaintext, Splink on keyed tokens, and exact equality.

Splink is set up as its own documentation recommends for such data: fields cleaned a little, its ready-made
comparisons with term frequencies, a blocking rule for each way two records can meet, the prior from rules
that are nearly never wrong, u by random sampling, m by expectation maximisation over several blocking rules.
Ours is what it leaves to the user, and each of these made it better on synthetic France: a woman's two
surnames, one comparison for what households share, and care with the NIR, e-mail and telephone.
The choices were made with the truth at hand, which favours Splink: its user would not have it.

A contender is prepared first, which imports its packages, and then timed from files to pairs.
"""

from __future__ import annotations

import hmac
import importlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import polars as pl

from benchmarks.linkage_data import DataSet, Pairs
from benchmarks.linkage_models import FRANCE, PLAIN, Library, Model, token_comparisons

__all__ = ["PEERS", "Peer", "Trained", "splink", "splink_trained"]


class Found(Protocol):
    """What came out of the timed part; the truth is looked at afterwards."""

    @property
    def stages(self) -> Mapping[str, float]:
        """Seconds by part of the work, where the contender tells."""

    def accuracy(self, data: DataSet) -> dict[str, Any]:
        """See ``Pairs.accuracy``."""


Work = Callable[[], Found]
"""The timed part: from files on disk to pairs."""

KEY = bytes(range(32))
SEED = 1
# Pairs below a chance of one in a thousand are not asked for: no useful threshold lies there.
WEIGHT_MIN = -10.0
# Ten times as many made Splink slower here and no more accurate.
PAIRS = 1e6


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One way to link, as ``harness.Contender``: ``needs`` names a module without which it sits out."""

    prepare: Callable[[DataSet], Work]
    needs: str | None = None


# Reading and cleaning

_LETTERS = "nullif(regexp_replace(strip_accents(lower({0})), '[^a-z]', '', 'g'), '')"
_TEXT = "nullif(trim(lower({0})), '')"
_PLAIN = "nullif(trim(regexp_replace(strip_accents(lower({0})), '[^a-z0-9]+', ' ', 'g')), '')"
_DIGITS = "nullif(regexp_replace({0}, '[^0-9]', '', 'g'), '')"
_CODE = "nullif(regexp_replace(upper({0}), '[^A-Z0-9]', '', 'g'), '')"
# A date that the calendar does not have keeps its digits, so that a slip of one digit is still seen.
_DATE = "coalesce(strftime(try_strptime({0}, ['%Y-%m-%d', '%d/%m/%Y', '%Y%m%d']), '%Y-%m-%d'), {0})"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A field under the headers it has in these files, the first that is there; ``clean`` takes it as {0}."""

    headers: tuple[str, ...]
    clean: str


COLUMNS = {
    "first_name": Column(headers=("first_name", "given_name", "prenom"), clean=_LETTERS),
    # The name in use, which most files have; the name at birth beside it, where a file tells the two apart.
    "surname": Column(headers=("surname", "nom", "nom_usage", "nom_naissance"), clean=_LETTERS),
    "birth_name": Column(headers=("nom_naissance",), clean=_LETTERS),
    "birth_date": Column(headers=("birth_date", "date_of_birth", "date_naissance"), clean=_DATE),
    "nir": Column(headers=("nir", "num_secu"), clean=f"left({_CODE}, 13)"),
    "national_id": Column(headers=("soc_sec_id",), clean=_CODE),
    "email": Column(headers=("email",), clean=_TEXT),
    # The last nine digits: 06 12 34 56 78 and +33 6 12 34 56 78 are one number.
    "phone": Column(headers=("telephone",), clean=f"right({_DIGITS}, 9)"),
    "iban": Column(headers=("iban",), clean=_CODE),
    "postcode": Column(headers=("postcode", "code_postal"), clean=_CODE),
    "city": Column(headers=("suburb", "ville"), clean=_PLAIN),
    "state": Column(headers=("state",), clean=_TEXT),
    "street_number": Column(headers=("street_number",), clean=_TEXT),
    "address": Column(headers=("address_1", "adresse"), clean=_PLAIN),
    "address_2": Column(headers=("address_2",), clean=_PLAIN),
}


# A member list and a health file put children under a parent's NIR: one that does not agree with the month of
# birth is not this person's. It still brings two records together, and is not compared.
_DERIVED = """
    SELECT row_number() OVER () - 1 AS unique_id,
        *, if(substr(nir, 2, 4) <> strftime(birth_day, '%y%m'), NULL, nir) AS own_nir,
        left(birth_date, 4) AS birth_year, substr(birth_date, 6) AS birth_month_day,
        left(postcode, 2) AS department
    FROM (SELECT *, try_cast(birth_date AS DATE) AS birth_day FROM ({rows}))
"""
_AS_IT_CAME = "SELECT row_number() OVER () - 1 AS unique_id, * FROM ({rows})"


def _load(connection: duckdb.DuckDBPyConnection, data: DataSet, *, clean: bool) -> tuple[str, ...]:
    """Make a table of each side, cleaned or as it came, rows numbered by ``unique_id``; gives their names."""
    sides = (
        {"subjects": (data.subjects,)}
        if data.is_one_file
        else {"subjects": (data.subjects,), "records": data.records}
    )
    for table, paths in sides.items():
        rows = " UNION ALL ".join(_select(connection, path, clean) for path in paths)
        query = (_DERIVED if clean else _AS_IT_CAME).format(rows=rows)
        connection.execute(f"CREATE TABLE {table} AS {query}")
    return tuple(sides)


def _select(connection: duckdb.DuckDBPyConnection, path: Path, clean: bool) -> str:
    """A query for all COLUMNS of a file, null where it lacks one; so that files can be stacked."""
    source = (
        f"read_parquet('{path}')" if path.suffix == ".parquet" else f"read_csv('{path}', all_varchar = true)"
    )
    present = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    parts = []
    for name, column in COLUMNS.items():
        headers = [header for header in column.headers if header in present]
        values = [column.clean.format(header) if clean else header for header in headers]
        value = f"coalesce({', '.join(values)})" if values else "NULL::VARCHAR"
        parts.append(f"{value} AS {name}")
    return f"SELECT {', '.join(parts)} FROM {source}"


# Splink


class Stages(dict[str, float]):
    """Seconds by part of the work, in the order in which the parts were done."""

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add what the block takes."""
        start = time.perf_counter()
        yield
        self[name] = self.get(name, 0.0) + time.perf_counter() - start


def splink_sampled(data: DataSet) -> Work:
    """Splink on what the files say, its training on a sample of a million pairs for each rule."""
    return splink(data, em_pairs=PAIRS)


def splink(data: DataSet, *, em_pairs: float | None = None) -> Work:
    """Splink on what the files say, its training on all pairs of each rule, which is its default."""
    library, model = Library(), PLAIN.get(data.name, FRANCE)

    def work() -> Pairs:
        with duckdb.connect() as connection:
            return _loaded_and_trained(library, model, connection, data, em_pairs=em_pairs).predict()

    return work


def splink_trained(data: DataSet, connection: duckdb.DuckDBPyConnection) -> Trained:
    """Splink as ``splink`` has it, when its files are loaded and its model is trained."""
    return _loaded_and_trained(Library(), PLAIN.get(data.name, FRANCE), connection, data, em_pairs=None)


def _loaded_and_trained(
    library: Library,
    model: Model,
    connection: duckdb.DuckDBPyConnection,
    data: DataSet,
    *,
    em_pairs: float | None,
) -> Trained:
    stages = Stages()
    with stages.timed("load"):
        tables = _load(connection, data, clean=True)
    return _train(library, model, connection, tables, stages, em_pairs=em_pairs)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """Splink before its last step."""

    linker: Any
    connection: duckdb.DuckDBPyConnection
    tables: Sequence[str]
    stages: Stages

    def predict(self) -> Pairs:
        """Pairs by the rules, compared and weighed."""
        with self.stages.timed("predict"):
            found = self.linker.inference.predict(threshold_match_weight=WEIGHT_MIN)
            return _pairs(self.connection, found.physical_name, self.tables, self.stages)


def _train(
    library: Library,
    model: Model,
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    stages: Stages,
    *,
    em_pairs: float | None = PAIRS,
) -> Trained:
    """Learn the model's figures, in the order of Splink's tutorial."""
    rules = {
        rule: library.splink.block_on(*rule) for rule in {*model.candidates, *model.certain, *model.training}
    }
    settings = library.splink.SettingsCreator(
        link_type="link_only" if len(tables) > 1 else "dedupe_only",
        comparisons=model.comparisons(library),
        blocking_rules_to_generate_predictions=[rules[rule] for rule in model.candidates],
        retain_matching_columns=False,
    )
    api = library.splink.DuckDBAPI(connection)
    inputs = [api.register(table, dataset_display_name=f"{table}_input") for table in tables]
    linker = library.splink.Linker(inputs if len(tables) > 1 else inputs[0], settings, log_level="ERROR")
    training = linker.training
    with stages.timed("prior"):
        training.estimate_probability_two_random_records_match(
            [rules[rule] for rule in model.certain], recall=model.certain_recall
        )
    with stages.timed("u"):
        training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED)
    with stages.timed("em"):
        for rule in model.training:
            training.estimate_parameters_using_expectation_maximisation(rules[rule], max_pairs=em_pairs)
    return Trained(linker=linker, connection=connection, tables=tables, stages=stages)


def _pairs(connection: duckdb.DuckDBPyConnection, table: str, tables: Sequence[str], stages: Stages) -> Pairs:
    """Splink's predictions, with the subject on the left."""
    turned = "source_dataset_l <> 'subjects_input'" if len(tables) > 1 else "false"
    found = connection.execute(f"""
        SELECT if({turned}, unique_id_r, unique_id_l) AS "left",
            if({turned}, unique_id_l, unique_id_r) AS "right", match_weight AS weight
        FROM {table}
    """).fetchnumpy()
    return Pairs(left=found["left"], right=found["right"], weight=found["weight"], stages=stages)


# Splink on keyed tokens


def splink_tokens(data: DataSet) -> Work:
    """Splink on a keyed token of each canonical value: it can see equality, and nothing else."""
    library, plain = Library(), PLAIN.get(data.name, FRANCE)
    normalisers = {name: importlib.import_module(f"correlate.normalise.{name}") for name in _NORMALISERS}
    model = replace(plain, comparisons=token_comparisons(plain))

    def work() -> Pairs:
        stages = Stages()
        with duckdb.connect() as connection, duckdb.connect() as source:
            with stages.timed("load"):
                tables = _load(source, data, clean=False)
            with stages.timed("tokens"):
                tokens: dict[tuple[str, str], str] = {}
                for table in tables:
                    canonical = _canonical(normalisers, source.sql(f"SELECT * FROM {table}").pl())
                    connection.register("canonical", _tokenised(canonical, tokens))
                    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM canonical")
            return _train(library, model, connection, tables, stages).predict()

    return work


_NORMALISERS = ("address", "birth", "email", "folding", "iban", "name", "nir", "phone")


def _canonical(normalise: Mapping[str, Any], raw: pl.DataFrame) -> pl.DataFrame:
    """The canonical values of COLUMNS, and parts of names and dates that agree where the whole does not."""
    columns = [raw["unique_id"]]
    for name in ("surname", "birth_name"):
        found = normalise["name"].normalise_surname(raw[name])
        columns += [found["surname"].alias(name), found["phonetic"].alias(f"{name}_sound")]
    first = normalise["name"].normalise_first_name(raw["first_name"])
    columns += [first["first_name"], first["phonetic"].alias("first_name_sound")]
    for name in ("email", "phone", "iban", "nir"):
        columns.append(normalise[name].normalise(raw[name])[name])
    for name in ("national_id", "state", "street_number", "city", "address", "address_2", "postcode"):
        columns.append(
            normalise["folding"]
            .fold(raw[name])
            .str.replace_all("[^A-Z0-9]", "")
            .replace("", None)
            .alias(name)
        )
    date = normalise["birth"].normalise(raw["birth_date"])
    columns += [date["birth_date"], date["birth_swapped"]]
    year, month, day = (pl.col("birth_date").str.slice(*part) for part in ((0, 4), (5, 2), (8, 2)))
    is_own = (pl.col("nir").str.slice(1, 4) == year.str.slice(2) + month).fill_null(value=True)
    return pl.DataFrame(columns).with_columns(
        pl.when(is_own).then("nir").alias("own_nir"),
        year.alias("birth_year"),
        (year + month).alias("birth_year_month"),
        (year + day).alias("birth_year_day"),
        (month + day).alias("birth_month_day"),
        pl.col("postcode").str.slice(0, 2).alias("department"),
    )


# A name is compared with a name at birth, and a date with a date turned round: equal values, equal tokens.
_DOMAINS = {
    "birth_name": "surname",
    "birth_name_sound": "surname_sound",
    "birth_swapped": "birth_date",
    "own_nir": "nir",
}


def _tokenised(canonical: pl.DataFrame, tokens: dict[tuple[str, str], str]) -> pl.DataFrame:
    """Each value's HMAC under the key, made once for each distinct value of a domain."""
    columns = [canonical["unique_id"]]
    for values in canonical.drop("unique_id"):
        domain = _DOMAINS.get(values.name, values.name)
        distinct = values.drop_nulls().unique()
        for value in distinct:
            if (domain, value) not in tokens:
                message = f"{domain}\0{value}".encode()
                tokens[domain, value] = hmac.digest(KEY, message, "sha256")[:8].hex()
        table = {value: tokens[domain, value] for value in distinct}
        columns.append(values.replace_strict(table, default=None, return_dtype=pl.String))
    return pl.DataFrame(columns)


# Exact equality, and ours


def exact(data: DataSet) -> Work:
    """First name, surname (or that at birth) and birth date, cleaned and equal: what is tried first."""

    def work() -> Pairs:
        with duckdb.connect() as connection:
            left, right = (_load(connection, data, clean=True) * 2)[:2]
            found = connection.execute(f"""
                SELECT l.unique_id AS "left", r.unique_id AS "right" FROM {left} l JOIN {right} r
                ON l.first_name = r.first_name AND l.birth_date = r.birth_date
                    AND r.surname IN (l.surname, l.birth_name)
                WHERE {"l.unique_id < r.unique_id" if left == right else "true"}
            """).fetchnumpy()
            # It knows no degrees: every pair it finds is as good as certain to it.
            weight = np.ones(len(found["left"]))
            return Pairs(left=found["left"], right=found["right"], weight=weight)

    return work


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """What our own evaluation found, as the others report it."""

    evaluation: Any
    stages: Mapping[str, float] = field(default_factory=dict)

    def accuracy(self, data: DataSet) -> dict[str, Any]:  # noqa: ARG002 - the evaluation has read the truth
        """The figures of ``correlate evaluate``."""
        names = ("precision", "recall", "f1", "threshold")
        figures: dict[str, Any] = {name: getattr(self.evaluation, name) for name in names}
        figures["best"] = {name: getattr(self.evaluation.best, name) for name in names}
        figures["candidate_recall"] = self.evaluation.blocking_recall
        figures["calibration_error"] = self.evaluation.calibration_error
        figures["reliability"] = self.evaluation.reliability.to_dicts()
        return figures


def ours(data: DataSet) -> Work:
    """``correlate evaluate``; given one file on both sides, it looks for duplicates."""
    evaluate = importlib.import_module("correlate.evaluation").evaluate
    load_mapping = importlib.import_module("correlate.reading").load_mapping

    def work() -> Evaluated:
        mapping = load_mapping(data.mapping) if data.mapping else None
        return Evaluated(evaluation=evaluate(data.subjects, data.records, truth=data.truth, mapping=mapping))

    return work


PEERS: Mapping[str, Peer] = {
    "ours": Peer(prepare=ours, needs="correlate.evaluation"),
    "splink": Peer(prepare=splink, needs="splink"),
    "splink-sampled": Peer(prepare=splink_sampled, needs="splink"),
    "splink-tokens": Peer(prepare=splink_tokens, needs="splink"),
    "exact": Peer(prepare=exact),
}
