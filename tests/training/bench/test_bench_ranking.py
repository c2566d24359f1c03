import json
from pathlib import Path

import polars as pl
import pytest

import training.bench.models as bench_models
from recsys.errors import ScorerUnavailableError
from recsys.scorers.ease import Ease
from recsys.types import TrainingSet
from training.bench.job import Job, Row
from training.bench.ranking import bench_ranking
from training.bench.resident import STATUS, peak_rss_mb, rss_mb
from training.bench.worker import METRICS, main, run_job
from training.errors import BenchError

SHAPE = {
    *("model", *METRICS, "fit_s", "cpu_s", "rank_s", "peak_rss_mb"),
    *("blas_threads", "users", "skipped", "notes", "choice"),
}


def job_of(folder: Path, model: str, **changes: object) -> Job:
    job = {
        "model": model,
        "train": f"{folder / 'train.parquet'}",
        "test": f"{folder / 'test.parquet'}",
        "valid": None,
        "seed": 0,
        "out": "",
    }
    return Job(**{**job, **changes})  # type: ignore[arg-type]  # the values are those of Job's fields


def row_of(job: Job) -> Row:
    row, values = run_job(job)
    for name, value in values.items():
        assert row[name] == pytest.approx(value.mean())
    return row


def test_each_model_runs_in_a_process_of_its_own(circle_files: Path) -> None:
    steps: list[tuple[str, str]] = []
    train, test = circle_files / "train.parquet", circle_files / "test.parquet"
    tables, rows = bench_ranking(
        train, test, models=["popularity", "ease"], progress=lambda *step: steps.append(step)
    )
    assert [row["model"] for row in rows] == ["popularity", "ease"]
    assert tables.test.height == 120
    assert all(set(row) == {*SHAPE, "gaps"} for row in rows)
    assert all(row["users"] == 60 for row in rows)
    assert all(0 < row["peak_rss_mb"] < 2000 for row in rows)
    assert rows[1]["ndcg_at_20"] > rows[0]["ndcg_at_20"]
    assert ("ease", "ranking") in steps
    json.dumps(rows, allow_nan=False)


def test_the_default_tells_what_it_chose_and_finds_the_circles(circle_files: Path) -> None:
    popular, default = (row_of(job_of(circle_files, name)) for name in ("popularity", "xuepei"))
    assert default["ndcg_at_20"] > popular["ndcg_at_20"] + 0.1
    assert set(default["choice"]["weights"]) == set(default["choice"]["configs"])
    again = row_of(job_of(circle_files, "xuepei"))
    assert again["choice"] == default["choice"]
    assert again["ndcg_at_20"] == default["ndcg_at_20"]


def test_a_validation_file_is_learned_from_in_the_end(
    circle_files: Path, circles: pl.DataFrame, tmp_path: Path
) -> None:
    place = pl.int_range(pl.len()).over("user")
    circles.filter(place < 5).write_parquet(tmp_path / "train.parquet")
    circles.filter(place == 5).write_parquet(tmp_path / "valid.parquet")
    circles.filter(place > 5).write_parquet(tmp_path / "test.parquet")
    split = row_of(job_of(tmp_path, "ease", valid=f"{tmp_path / 'valid.parquet'}"))
    whole = row_of(job_of(circle_files, "ease"))
    assert split["ndcg_at_20"] == pytest.approx(whole["ndcg_at_20"])


def test_a_user_who_is_not_in_train_gets_the_popular_list(tmp_path: Path) -> None:
    train = {"user": ["a", "a", "b", "c"], "item": ["x", "y", "x", "z"]}
    pl.DataFrame(train).write_parquet(tmp_path / "train.parquet")
    newcomer = pl.DataFrame({"user": ["new"], "item": ["x"]})
    newcomer.write_parquet(tmp_path / "test.parquet")
    for model in ("popularity", "ease", "lowpass"):
        row = row_of(job_of(tmp_path, model))
        assert row["ndcg_at_20"] == pytest.approx(1.0), model


def test_with_too_little_to_choose_on_the_default_is_the_most_popular(tmp_path: Path) -> None:
    train = {"user": ["a", "a", "b"], "item": ["x", "y", "x"], "ts": [1, 2, 3]}
    pl.DataFrame(train).write_parquet(tmp_path / "train.parquet")
    pl.DataFrame({"user": ["b"], "item": ["y"]}).write_parquet(tmp_path / "test.parquet")
    row = row_of(job_of(tmp_path, "xuepei"))
    assert row["notes"] == [bench_models.TOO_LITTLE]
    assert row["ndcg_at_20"] == pytest.approx(1.0)


def test_an_item_only_in_test_is_a_miss(tmp_path: Path) -> None:
    train = {"user": ["a", "a", "b"], "item": ["x", "y", "x"]}
    pl.DataFrame(train).write_parquet(tmp_path / "train.parquet")
    pl.DataFrame({"user": ["b", "b"], "item": ["y", "never seen"]}).write_parquet(
        tmp_path / "test.parquet"
    )
    assert row_of(job_of(tmp_path, "popularity"))["recall_at_20"] == pytest.approx(0.5)


def test_a_model_whose_library_is_missing_has_no_figures(
    circle_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Ease, __: TrainingSet) -> Ease:
        message = "not installed"
        raise ScorerUnavailableError(message)

    monkeypatch.setattr(Ease, "fit", missing)
    row = row_of(job_of(circle_files, "ease"))
    assert set(row) == SHAPE
    assert row["skipped"] == "not installed"
    assert row["recall_at_20"] is None


def test_a_model_of_part_of_the_catalogue_says_so(
    circle_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Ease.config_type.model_validate({"max_courses": 5})
    monkeypatch.setattr(
        bench_models, "fitted", lambda _name, _options, training: Ease(small).fit(training)
    )
    row = row_of(job_of(circle_files, "ease"))
    assert row["notes"] == ["models only 5 of 24 items, the most taken"]


def test_the_choice_is_made_on_a_bounded_number_of_users(
    circle_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_models, "TRIAL_USERS", 15)
    row = row_of(job_of(circle_files, "xuepei"))
    assert row["choice"]["validation_users"] <= 15


def test_an_unknown_model_is_refused_with_those_there_are(circle_files: Path) -> None:
    train, test = circle_files / "train.parquet", circle_files / "test.parquet"
    with pytest.raises(BenchError, match=r"unknown models \['magic'\]; there are .*xuepei"):
        bench_ranking(train, test, models=["magic"])


def test_a_worker_that_fails_says_why(
    circle_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.bench.ranking.known_models", lambda: ("context",))
    train, test = circle_files / "train.parquet", circle_files / "test.parquet"
    with pytest.raises(BenchError, match="model context failed: 'context' is no course scorer"):
        bench_ranking(train, test, models=["context"])


def test_a_worker_writes_its_row(circle_files: Path, tmp_path: Path) -> None:
    out = tmp_path / "row.json"
    job = job_of(circle_files, "popularity", out=f"{out}")
    file = tmp_path / "job.json"
    file.write_text(json.dumps({name: getattr(job, name) for name in Job.__slots__}))
    assert main([f"{file}"]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["model"] == "popularity"
    broken = {name: getattr(job, name) for name in Job.__slots__} | {"model": "context"}
    file.write_text(json.dumps(broken))
    assert main([f"{file}"]) == 2


def test_peak_memory_is_that_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    if STATUS.exists():
        assert 10 < (rss_mb() or 0) <= peak_rss_mb() < 20_000
    monkeypatch.setattr("training.bench.resident.STATUS", Path("/nonexistent/status"))
    assert 10 < peak_rss_mb() < 20_000
    assert rss_mb() is None
