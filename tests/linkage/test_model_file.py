"""Linkage models as files: read back as written, and every mistake named."""

from __future__ import annotations

import dataclasses
import re
import tomllib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from correlate.errors import InputError
from correlate.linkage import (
    COMPARISONS,
    DEFAULT_MODEL,
    LevelOdds,
    LinkageModel,
    ModelInvalid,
    load_model,
    model_toml,
)

MODEL = load_model()
TEXT = model_toml(MODEL)
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


def drawn(seed, name, source):
    """A model with figures of all sizes."""
    draw = np.random.default_rng(seed)

    def chance():
        return float(10 ** -draw.uniform(0, 300)) or 1.0

    return LinkageModel(
        name=name,
        population=1 / chance(),
        household_others=chance(),
        key_records_max=int(draw.integers(10**12)),
        wide_records_max=int(draw.integers(10**12)),
        wide_key_records_max=int(draw.integers(10**12)),
        probability_min=chance(),
        hop_depth_max=int(draw.integers(1, 9)),
        hop_probability_min=chance(),
        hop_key_records_max=int(draw.integers(10**12)),
        levels={
            comparison.field: {
                level.name: LevelOdds(m=chance(), h=chance(), u=chance()) for level in comparison.levels
            }
            for comparison in COMPARISONS
        },
        sources={comparison.field: source for comparison in COMPARISONS},
    )


@settings(max_examples=30)
@given(st.integers(0, 2**32), WORDS, WORDS)
@example(1, "un modèle \U0001f47b", 'a "quoted" \\ source')
def test_a_model_is_read_back_as_it_was_written(tmp_path_factory, seed, name, source):
    """To the last bit of every figure, whatever stands in its texts."""
    model = drawn(seed, name, source)
    path = tmp_path_factory.getbasetemp() / "model.toml"
    path.write_text(model_toml(model), encoding="utf-8")
    assert load_model(path) == model
    assert model_toml(load_model(path)) == model_toml(model)


def test_the_shipped_model_is_whole_and_bears_the_name_of_its_file():
    assert MODEL.name == DEFAULT_MODEL
    assert set(MODEL.levels) == {comparison.field for comparison in COMPARISONS}
    assert all(MODEL.sources.values())


@pytest.mark.parametrize("hypothesis", ["m", "h", "u"])
@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.field)
def test_the_levels_that_compete_in_the_shipped_model_add_up_to_one(comparison, hypothesis):
    """To one hundredth: the figures are written with two digits that count."""
    odds = MODEL.levels[comparison.field]
    for context in {level.context for level in comparison.levels}:
        names = [level.name for level in comparison.levels if level.context == context]
        assert sum(getattr(odds[name], hypothesis) for name in names) == pytest.approx(1, abs=0.011)


def test_agreement_is_more_likely_for_one_person_than_for_strangers_in_the_shipped_model():
    for comparison in COMPARISONS:
        first, last = comparison.levels[0], comparison.levels[-1]
        odds = MODEL.levels[comparison.field]
        assert odds[first.name].m > odds[first.name].u
        assert odds[last.name].m < odds[last.name].u


def without(field):
    """The model's text without one comparison."""
    return re.sub(rf'\[\[comparison\]\]\nfield = "{field}"\n.*?(?=\n\[\[|\Z)', "", TEXT, flags=re.DOTALL)


def changed(old, new):
    assert len(re.findall(old, TEXT)) >= 1
    return re.sub(old, new, TEXT, count=1)


MISTAKES = {
    "not TOML": ("format = ", "it is not readable TOML"),
    "not UTF-8": (b"name = '\xff'", "it is not readable TOML"),
    "empty": ("", "it is of format 1, and this program reads format 2"),
    "the first format": (changed("format = 2\n", ""), "it is of format 1, and this program reads format 2"),
    "a later format": (
        changed("format = 2", "format = 3"),
        "it is of format 3, and this program reads format 2",
    ),
    "no comparison": (TEXT[: TEXT.index("[[comparison]]")], "it lacks 'comparison'"),
    "a comparison missing": (without("iban"), 'it has no comparison for the field "iban"'),
    "a comparison unknown": (
        TEXT + '\n[[comparison]]\nfield = "shoe_size"\nsource = "a guess"\n',
        'it compares "shoe_size", which this program does not',
    ),
    "a comparison without a field": (TEXT + '\n[[comparison]]\nsource = "a guess"\n', "it lacks 'field'"),
    "no source": (changed(r'source = "[^\n]*\n', ""), 'the comparison "nir" names no source'),
    "an empty source": (
        changed(r'source = "[^\n]*\n', 'source = ""\n'),
        'the comparison "nir" names no source',
    ),
    "a level missing": (
        changed(r"levels\.phonetic = .*\n", ""),
        'the comparison "surname" must have the levels exact, phonetic, exchanged',
    ),
    "a level unknown": (
        changed(r"levels\.phonetic = ", "levels.fonetic = "),
        'the comparison "surname" must have the levels exact, phonetic, exchanged',
    ),
    "no levels": (re.sub(r"levels\.\w+ = .*\n", "", TEXT), "it lacks 'levels'"),
    "no u": (changed(r"levels\.phonetic = .*\n", "levels.phonetic = { m = 0.1, h = 0.1 }\n"), "it lacks 'u'"),
    **{
        f"{name} of {figure}": (
            changed(
                r"levels\.phonetic = .*\n",
                "levels.phonetic = { "
                + ", ".join(f"{each} = {figure if each == name else 0.1}" for each in "mhu")
                + " }\n",
            ),
            f'"surname", level "phonetic": {name} must be above 0 and at most 1',
        )
        for name in "mhu"
        for figure in ("0.0", "-0.1", "1.1", "inf", "nan")
    },
    "a figure that is text": (
        changed(r"levels\.phonetic = .*\n", 'levels.phonetic = { m = "much", h = 0.1, u = 0.1 }\n'),
        "",
    ),
    "levels that are no table": (changed(r"levels\.phonetic = .*\n", "levels.phonetic = 0.5\n"), ""),
    "nobody lives there": (changed(r"population = .*\n", "population = 0\n"), "population must be above 0"),
    "no household": (
        changed(r"household_others = .*\n", "household_others = -1\n"),
        "household_others must be above 0",
    ),
    "no prior": (changed(r"\[prior\]", "[posterior]"), "it lacks 'prior'"),
    "no limits": (changed(r"\[limits\]", "[bounds]"), "it lacks 'limits'"),
    "no hops": (changed(r"\[hops\]", "[jumps]"), "it lacks 'hops'"),
    "no name": (changed(r"name = .*\n", ""), "it lacks 'name'"),
    "a least probability of 0": (
        changed(r"probability_min = .*\n", "probability_min = 0\n"),
        "probability_min must be above 0 and at most 1",
    ),
    "a least probability of paths above 1": (
        changed(r"(depth_max = .*\n)probability_min = .*\n", r"\1probability_min = 1.5\n"),
        "probability_min of hops must be above 0 and at most 1",
    ),
    "a limit that is text": (changed(r"key_records_max = .*\n", 'key_records_max = "few"\n'), ""),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_the_file_and_what_to_do(tmp_path, mistake):
    content, reason = MISTAKES[mistake]
    path = tmp_path / "mine.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ModelInvalid) as stop:
        load_model(path)
    message = str(stop.value)
    assert "mine.toml" in message
    assert reason in message
    assert "`correlate fit`" in message
    assert f"{DEFAULT_MODEL}.toml" in message


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path):
    with pytest.raises(ModelInvalid, match=r"none\.toml cannot be used: it is not readable"):
        load_model(tmp_path / "none.toml")


def test_a_wrong_model_is_an_error_of_the_input():
    """Whose exit code is 2."""
    assert issubclass(ModelInvalid, InputError)


def test_no_figure_is_lost_on_the_way_to_text():
    stated = tomllib.loads(TEXT)
    assert stated["prior"] == {"population": MODEL.population, "household_others": MODEL.household_others}
    for entry in stated["comparison"]:
        odds = {name: dataclasses.asdict(each) for name, each in MODEL.levels[entry["field"]].items()}
        assert entry["levels"] == odds
