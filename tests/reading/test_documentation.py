"""What the guide to input files says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from correlate.reading import load_mapping
from correlate.reading.nulls import NULL_MARKERS

pytestmark = pytest.mark.repository

GUIDE = Path(__file__).parents[2] / "docs" / "input-files.md"


def test_the_mapping_it_shows_is_valid_and_shows_every_option(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "mapping.toml"
    path.write_text(block, encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.columns["7"] == "phone"
    assert None not in (mapping.delimiter, mapping.encoding, mapping.header, mapping.date_order)


def test_it_lists_every_marker_of_no_value() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    section = text[text.index("## No value") : text.index("## Columns")]
    assert set(re.findall(r"`([^`]+)`", section)) == set(NULL_MARKERS) - {""}
