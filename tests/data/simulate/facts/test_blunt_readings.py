"""What a reader meets who takes the files for UTF-8 and every division code for a current one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.ingest import import_sources
from data.store import open_snapshot


def test_sections_read_as_utf_8_fail_or_lose_their_terms(folder: Path) -> None:
    path = folder / "sections.csv"
    with pytest.raises(pl.exceptions.ComputeError):
        pl.read_csv(path, encoding="utf8", infer_schema=False)
    lossy = pl.read_csv(path, encoding="utf8-lossy", infer_schema=False)
    assert not (lossy["term"] == "2025秋").any()
    assert (pl.read_csv(path, encoding="gbk", infer_schema=False)["term"] == "2025秋").any()


def test_looking_codes_up_among_todays_loses_learners_whose_district_is_known(
    folder: Path, facts: Mapping[str, Any], tmp_path: Path
) -> None:
    planted = facts["tables"]["learners"]["old_codes"]
    today = pl.read_parquet(folder / "divisions.parquet")["division_code"].to_list()
    code = pl.col("home_division_code")
    told = pl.read_parquet(folder / "learners.parquet").filter(code.is_not_null())
    unknown = told.filter(~code.is_in(today))
    assert unknown.height == planted["mapped"] + planted["ambiguous"]
    import_sources([folder], tmp_path / "city", now=datetime(2025, 12, 1, tzinfo=UTC))
    imported = open_snapshot(tmp_path / "city").read("learners")
    known = imported.filter(code.is_in(today))
    assert known.join(unknown, on="learner_id", how="semi").height == planted["mapped"] > 0
