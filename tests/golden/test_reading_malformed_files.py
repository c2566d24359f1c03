"""Every malformed file is read without a crash, and every row of it is kept or refused."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data.errors import SourceError
from data.privacy.columns import ForbiddenColumnError
from data.sources import RawTable, read_sources
from data.sources.raw import READER_RULES, REJECTED

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "golden.toml").read_text(encoding="utf-8"))[
    "case"
]
ERRORS = {"SourceError": SourceError, "ForbiddenColumnError": ForbiddenColumnError}


def cases(*, refused: bool) -> list[Any]:
    """The cases whose file is refused as a whole, or the others, each under its folder's name."""
    return [pytest.param(c, id=c["folder"]) for c in CASES if ("error" in c) == refused]


def tables(case: dict[str, Any]) -> list[RawTable]:
    return [raw for raw in read_sources([HERE / case["folder"]]) if raw.table == case["table"]]


@pytest.mark.parametrize("case", cases(refused=False))
def test_rows_of_a_malformed_file_are_kept_or_refused_by_rule(case: dict[str, Any]) -> None:
    read = tables(case)
    refused = Counter(rule for raw in read for rule in raw.rejected["rule"].to_list())
    assert sum(raw.read for raw in read) == case["read"]
    assert dict(refused) == case["reader"]


@pytest.mark.parametrize("case", cases(refused=False))
def test_a_refused_row_says_where_it_stood_why_and_what_it_was(case: dict[str, Any]) -> None:
    for raw in tables(case):
        assert raw.rejected.schema == REJECTED
        for row in raw.rejected.iter_rows(named=True):
            assert row["row"] >= 1
            assert row["rule"] in READER_RULES
            assert row["file"].startswith(raw.file)
            assert row["reason_zh"]
            assert row["reason_en"]
            assert len(row["raw"]) > 2


@pytest.mark.parametrize("case", cases(refused=True))
def test_a_file_that_says_nothing_usable_is_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(ERRORS[case["error"]]) as caught:
        tables(case)
    file = next((HERE / case["folder"]).iterdir()).name
    assert file in str(caught.value)
    assert type(caught.value).__name__ == case["error"]


def test_every_folder_has_its_case_and_every_case_its_folder() -> None:
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert folders == {case["folder"] for case in CASES}
    assert len(folders) >= 48
