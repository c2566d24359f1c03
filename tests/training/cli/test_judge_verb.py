import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.cli import run_verb
from data.cli.root import answer
from data.errors import XuepeiError

Folders = dict[str, Path]


@pytest.fixture
def town(tmp_path: Path) -> Folders:
    """Twelve learners, three sections, one district of three skills, and a file of each kind."""
    files = {name: tmp_path / f"{name}.csv" for name in ("recommendations", "gaps", "allocation")}
    folder = tmp_path / "city" / "truth"
    folder.mkdir(parents=True)
    for name, table in known_tables().items():
        table.write_parquet(folder / f"{name}.parquet")
    ids = learner_ids()
    best = pl.DataFrame({"learner_id": ids, "rank": [1] * 12, "section_id": ["s0"] * 12})
    best.write_csv(files["recommendations"])
    skills = pl.DataFrame({"division_code": ["330106"] * 2, "skill_id": ["k0", "k1"]})
    skills.write_csv(files["gaps"])
    seats = pl.DataFrame({"learner_id": ids[:2], "section_id": ["s0"] * 2})
    seats.write_csv(files["allocation"])
    return {"truth": tmp_path / "city", **files}


def learner_ids() -> list[str]:
    return [f"l{n:02}" for n in range(12)]


def known_tables() -> dict[str, pl.DataFrame]:
    ids, sections = learner_ids(), ["s0", "s1", "s2"]
    return {
        "apply_probability": pl.DataFrame(
            {
                "learner_id": np.repeat(ids, 3),
                "section_id": sections * 12,
                "apply_probability": [0.5, 0.1, 0.0] * 12,
                "barred_by": [None, None, "age"] * 12,
            }
        ),
        "learners": pl.DataFrame({"learner_id": ids, "age_band": ["60-69"] * 12}),
        "sections": pl.DataFrame(
            {
                "section_id": sections,
                "capacity": [2, 2, 2],
                "institution_id": ["i0", "i1", "i1"],
                "is_new": [True, False, False],
                "past_enrolments": [0, 5, 9],
            }
        ),
        "gaps": pl.DataFrame(
            {
                "division_code": ["330106"] * 3,
                "skill_id": ["k0", "k1", "k2"],
                "month": ["2025-08"] * 3,
                "gap": [9.0, 0.0, 0.0],
                "kind": ["gap", "spam", None],
            }
        ),
        "applications": pl.DataFrame(
            {
                "learner_id": ids,
                "section_id": ["s0"] * 12,
                "choice_rank": [1] * 12,
                "priority": range(12),
            }
        ),
    }


def judge(town: Folders, kind: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = run_verb(
        ["judge", "--truth", f"{town['truth']}", f"--{kind}", f"{town[kind]}", *more]
    )
    return found


def words(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("kind", ["allocation", "gaps", "recommendations"])
def test_a_judgement_as_json_is_one_document(
    town: Folders, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = judge(town, kind, "--json")
    assert json.loads(capsys.readouterr().out) == result
    assert result["judged"] == kind
    assert judge(town, kind, "--json") == result


def test_lists_are_told_against_baselines(
    town: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    result = judge(
        town, "recommendations", "-k", "1", "--baseline", f"old={town['recommendations']}"
    )
    shown = words(capsys)
    assert "12 learners, 12 sections shown, 0 of them against a hard rule" in shown
    assert result["value_at_1_over_oracle"] == 1.0
    assert "better (1.67 x)" in shown
    assert "no clear difference (1.00 x)" in shown
    assert "share of new courses" in shown
    assert "no exposure by tier: sections.parquet of the truth lacks tier" in shown
    assert "age_band 60-69" in shown


def test_hard_rules_broken_are_told_by_name(
    town: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    barred = pl.DataFrame({"learner_id": ["l00"], "rank": [1], "section_id": ["s2"]})
    barred.write_csv(town["recommendations"])
    judge(town, "recommendations")
    shown = words(capsys)
    assert "1 of them against a hard rule" in shown
    assert "hard rules broken" in shown
    assert "11 judged learners have no list and count as 0" in shown


def test_a_ranking_of_gaps_is_told_with_its_decoys(
    town: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(town, "gaps", "-k", "1")
    shown = words(capsys)
    assert "2 cells ranked by row; 1 of 3 are true gaps (kind is gap)" in shown
    assert "1 decoys high in the ranking" in shown
    assert "spam" in shown


def test_an_allocation_is_told_with_who_wins(
    town: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    result = judge(town, "allocation")
    shown = words(capsys)
    assert "2 seats given of 6 to 12 applicants; 17% got a choice of theirs" in shown
    assert "0 blocking pairs: 0 wasted seats, 0 of justified envy" in shown
    assert "most contested" in shown
    assert "first choices in contested sections by age_band, p = unknown" in shown
    assert result["contested"]["famous"]["ratio"] == 6.0


@pytest.mark.parametrize(
    "kinds", [(), ("gaps", "allocation"), ("allocation", "gaps", "recommendations")]
)
def test_exactly_one_file_is_judged(
    town: Folders, kinds: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    files = [part for kind in kinds for part in (f"--{kind}", f"{town[kind]}")]
    assert answer(["judge", "--truth", f"{town['truth']}", *files]) == 2
    said = capsys.readouterr().err
    assert "give exactly one of --recommendations, --gaps, --allocation" in said
    assert all(f"--{kind}" in said.split("got")[1] for kind in kinds)


@pytest.mark.parametrize(
    ("kind", "baselines", "expected"),
    [
        ("gaps", ["old=x.csv"], "doesn't go with --gaps"),
        ("recommendations", ["x.csv"], "should be NAME=FILE"),
        ("recommendations", ["old="], "should be NAME=FILE"),
        ("recommendations", ["old=x.csv", "old=y.csv"], "names 'old' twice"),
        ("recommendations", ["random=x.csv"], "built in"),
        ("recommendations", ["old=absent.csv"], "can't be read"),
    ],
)
def test_a_baseline_that_can_not_be_is_refused(
    town: Folders, kind: str, baselines: list[str], expected: str
) -> None:
    with pytest.raises(XuepeiError, match=expected):
        judge(town, kind, *(part for text in baselines for part in ("--baseline", text)))
