"""Labels point into texts they don't hold; figures follow from labels alone."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.cli import run_verb
from data.cli.root import answer
from data.vocabulary import builtin
from features.occupations.link import OccupationLinker
from features.occupations.names import spoken_titles
from training.occupations.fit import calibrate, choose_threshold
from training.occupations.gold.load import load_labels, load_postings
from training.occupations.gold.sample import SIZES, same_title
from training.occupations.measure import calibration_error, judge, measure, measure_city, trade_off
from training.skills.gold.errors import GoldError

DATASETS = Path(__file__).parents[3] / "../shared/datasets"
CHANCES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


@pytest.fixture
def datasets() -> Path:
    if not DATASETS.exists():
        pytest.skip("the data sets aren't beside the repository")
    return DATASETS


@pytest.fixture(scope="module")
def linker() -> OccupationLinker:
    return OccupationLinker.of(builtin("occupations"), builtin("occupation_skills"))


@pytest.mark.parametrize("part", SIZES)
def test_every_label_is_a_code_of_the_classification(part: str) -> None:
    labels = load_labels(part)
    codes = set(spoken_titles()["occupation_code"])
    assert labels.height == SIZES[part]
    assert labels["key"].is_unique().all()
    assert set(labels["accepted"].explode().drop_nulls()) <= codes
    for best, accepted in labels.select("best", "accepted").iter_rows():
        assert (best is None) == (accepted == [])
        assert best is None or accepted[0] == best


def test_the_gold_set_is_half_outside_information_technology() -> None:
    assert load_labels("gold").filter(~pl.col("it")).height >= 200


def test_no_title_that_was_developed_on_is_judged(datasets: Path) -> None:
    dev, gold = (
        {same_title(title) for title in load_postings(datasets, load_labels(part))["title"]}
        for part in ("dev", "gold")
    )
    assert dev.isdisjoint(gold)


@pytest.mark.slow
def test_titles_of_the_gold_set_reach_the_bars(datasets: Path, linker: OccupationLinker) -> None:
    found = measure(datasets, linker)
    assert found["accuracy"]["all"]["top1"]["share"] >= 0.60
    assert found["accuracy"]["all"]["top5"]["share"] >= 0.80
    assert found["ece"] <= 0.10


def test_a_text_that_was_changed_is_refused(tmp_path: Path) -> None:
    name = "jobs_zh_it_2019"
    (tmp_path / name).mkdir()
    row = {"position": ["电工"], "description": ["修电机"], "company": [""]}
    pl.DataFrame(row).write_parquet(tmp_path / name / "jobs.parquet")
    labels = pl.DataFrame({"key": [f"{name}:0"], "dataset": [name], "row": [0]})
    with pytest.raises(GoldError, match="not the labelled one"):
        load_postings(tmp_path, labels)
    with pytest.raises(GoldError, match="has 1 rows"):
        load_postings(tmp_path, labels.with_columns(row=pl.lit(7)))


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(GoldError, match="expected one of"):
        load_labels("train")


def test_another_accepted_code_is_right_but_not_the_best(linker: OccupationLinker) -> None:
    linked = linker.link(pl.DataFrame({"posting_id": ["a", "b"], "title": ["Java程序员", "？"]}))
    labels = pl.DataFrame(
        {
            "key": ["a", "b"],
            "it": [True, None],
            "best": ["2-02-10-03", None],
            "accepted": [["2-02-10-03", "4-04-05-01"], []],
        },
        schema_overrides={"accepted": pl.List(pl.String)},
    )
    told = judge(linked, labels).select("named", "top1", "top5", "strict").rows()
    assert told == [(True, True, True, False), (False, False, False, False)]


@given(CHANCES)
def test_a_higher_threshold_never_answers_more(told: list[tuple[float, bool]]) -> None:
    sure, right = (np.array(column, dtype=np.float64) for column in zip(*told, strict=True))
    coverage = [row["coverage"] for row in trade_off(sure, right, [0.0, 0.3, 0.6, 0.9])]
    assert coverage == sorted(coverage, reverse=True)
    assert coverage[0] == 1


@given(CHANCES)
def test_calibration_error_is_a_share(told: list[tuple[float, bool]]) -> None:
    sure, right = (np.array(column, dtype=np.float64) for column in zip(*told, strict=True))
    assert 0 <= calibration_error(sure, right) <= 1


def test_calibration_makes_the_modest_surer() -> None:
    rng = np.random.default_rng(5)
    sure = rng.uniform(0.2, 0.8, 2_000)
    right = rng.random(2_000) < sure + 0.15
    shift, slope = calibrate(sure, right)
    assert shift > 0
    assert slope > 0


def test_the_threshold_parts_right_answers_from_wrong_ones() -> None:
    sure = np.array([0.9, 0.8, 0.3, 0.2])
    threshold = choose_threshold([(sure, np.array([True, True, False, False]))])
    assert 0.3 < threshold <= 0.8


def test_titles_of_a_simulated_city_are_linked_to_the_planted_occupation(
    linker: OccupationLinker,
) -> None:
    words = builtin("occupations").select(
        "occupation_code", title=pl.col("aliases").list.first().fill_null(pl.col("name"))
    )
    postings = words.with_row_index("n").select(
        pl.col("n").cast(pl.String).alias("posting_id"),
        pl.format("诚聘{}", "title").alias("title"),
        "occupation_code",
    )
    truth = postings.select("posting_id", "occupation_code")
    assert measure_city(postings.drop("occupation_code"), truth, linker) >= 0.9


def test_the_verb_gives_a_line_per_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "jobs.csv"
    pl.DataFrame({"岗位": ["急聘电工", None, "8000底薪"]}).write_csv(file)
    assert run_verb(["occupations", "link", str(file), "--title", "岗位", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["row"] for row in rows] == [0, 1, 2]
    assert [row["name"] for row in rows] == ["电工", None, None]
    assert rows[0]["candidates"][0]["occupation_code"] == rows[0]["occupation_code"]


def test_the_verb_names_the_column_that_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "jobs.csv"
    pl.DataFrame({"title": ["电工"]}).write_csv(file)
    assert answer(["occupations", "link", str(file), "--title", "岗位"]) == 2
    assert "岗位" in capsys.readouterr().err
    assert answer(["occupations", "link", str(tmp_path / "no.csv"), "--title", "x"]) == 2
    assert answer(["occupations", "link", str(tmp_path / "a.pdf"), "--title", "x"]) == 2
