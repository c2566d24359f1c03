"""docs/postings.md lists the parsed columns and the headers that the generic feed reads."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import polars as pl
import pytest

import features.postings
from data.sources import load_mapping
from features.postings import PARSED
from features.postings.salary import read_salary

PAGE = (Path(__file__).parents[3] / "docs" / "postings.md").read_text(encoding="utf-8")


def test_the_page_lists_the_parsed_columns_in_order() -> None:
    cells = re.findall(r"^\| `(\w+)` \| ([A-Z]\w+(?:\[\w+\])?) \|", PAGE, flags=re.MULTILINE)
    shown = {
        name: "Enum" if isinstance(dtype, pl.Enum) else str(dtype).replace("List(", "List[")
        for name, dtype in PARSED.items()
    }
    assert [name for name, _ in cells] == list(shown)
    for name, kind in cells:
        assert shown[name].replace(")", "]").startswith(kind), name


def test_the_page_names_every_header_that_the_generic_feed_reads() -> None:
    (rule,) = load_mapping("generic_postings").tables
    words = set(re.findall(r"[\w]+", PAGE))
    read = {header for column in rule.columns.values() for header in column.from_}
    assert read - words - {"职位id"} == set()


def test_what_the_page_calls_unread_is_unread() -> None:
    rows = re.findall(r"^\| (.+) \| unread: .*\|$", PAGE, flags=re.MULTILINE)
    texts = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    assert len(texts) >= 9
    assert [text for text in texts if read_salary(text).unit] == []


@pytest.mark.parametrize(
    "name", [found.name for found in pkgutil.iter_modules(features.postings.__path__)]
)
def test_every_example_in_the_code_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"features.postings.{name}")).failed == 0
