"""docs/features.md lists what the frames hold: no column more, none less."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from data.city import City
from features.course import course_features
from features.history import learner_history
from features.interactions import STRENGTHS, course_interactions
from features.learner import learner_features
from features.section import section_features
from features.steps import course_steps

PAGE = (Path(__file__).parents[2] / "docs" / "features.md").read_text(encoding="utf-8")
FRAMES: Mapping[str, Callable[[City, datetime], pl.DataFrame]] = {
    "course_features": course_features,
    "course_steps": course_steps,
    "section_features": section_features,
    "learner_features": learner_features,
    "course_interactions": course_interactions,
    "learner_history": learner_history,
}
KINDS: Mapping[type, str] = {pl.List: "List", pl.Datetime: "Datetime", pl.Enum: "Enum"}


def _section(name: str) -> str:
    """The page from one heading to the next."""
    return PAGE.split(f"## {name}\n")[1].split("\n## ")[0]


def _documented(name: str) -> dict[str, str]:
    """Column and type as the page's section of that name lists them."""
    cells = re.finditer(r"^\| `(\w+)` \| ([\w\[\] ]+) \|", _section(name), flags=re.MULTILINE)
    return {cell[1]: cell[2] for cell in cells}


@pytest.mark.parametrize("name", FRAMES)
def test_the_page_lists_the_columns_of_each_frame_in_order(
    name: str, autumn_city: City, as_of: datetime
) -> None:
    frame = FRAMES[name](autumn_city, as_of)
    page = _documented(name)
    assert list(page) == frame.columns
    for column, dtype in frame.schema.items():
        assert page[column].startswith(KINDS.get(type(dtype), str(dtype))), column


def test_the_page_gives_the_strengths_in_force() -> None:
    rows = re.finditer(
        r"^\| ([a-z, ]+) \| (\d\.\d)", _section("course_interactions"), flags=re.MULTILINE
    )
    page = {event: float(row[2]) for row in rows for event in row[1].split(", ")}
    assert page == dict(STRENGTHS)
