import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from training.tracking import EXPERIMENT, Run, clean_name, track

RUN = Run(
    name="evaluate",
    params={"as_of": "2025-09-01", "long": "长" * 900},
    metrics={"policy.age_band.<14.recall_at_10": 0.25, "unknown": float("nan")},
    tags={"model_version": "abc"},
    texts={"figures.csv": "model,mean\n"},
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tracking")


def rows(file: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query, values).fetchall()


def test_a_run_is_kept_in_the_given_file_and_nowhere_else(
    place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    file = place / "var" / "runs.db"
    first, second = track(RUN, file), track(RUN, file)
    assert first != second
    assert list(elsewhere.iterdir()) == []
    assert {item.name for item in (place / "var").iterdir()} == {"runs.db", "runs-artifacts"}
    document = place / "var" / "runs-artifacts" / first / "artifacts" / "figures.csv"
    assert document.read_text(encoding="utf-8") == "model,mean\n"
    assert capfd.readouterr() == ("", "")
    names = {name for (name,) in rows(file, "select name from experiments")}
    assert EXPERIMENT in names
    kept = rows(file, "select key, value from metrics where run_uuid = ?", first)
    assert kept == [("policy.age_band._14.recall_at_10", 0.25)]
    tags: dict[str, str] = dict(rows(file, "select key, value from tags where run_uuid = ?", first))
    assert tags["model_version"] == "abc"
    assert rows(file, "select distinct status from runs") == [("FINISHED",)]


def test_a_server_named_by_the_environment_is_used_instead(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any tracking store will do as the server; here it is another file."""
    other = place / "var" / "runs.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{other}")
    other.parent.mkdir(exist_ok=True)
    before = len(rows(other, "select run_uuid from runs")) if other.exists() else 0
    file = place / "unused" / "mlflow.db"
    track(Run("train"), file)
    assert len(rows(other, "select run_uuid from runs")) == before + 1
    assert not file.parent.exists()


def test_names_lose_what_the_tracking_library_refuses() -> None:
    assert clean_name("recall@20") == "recall_20"
    assert clean_name("courses: ease.全部") == "courses_ ease.__"
