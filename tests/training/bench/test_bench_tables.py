from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from training.bench.tables import queries_of, read_pairs, read_tables, training_set
from training.errors import BenchError


def written(path: Path, **columns: object) -> Path:
    pl.DataFrame(columns).write_parquet(path)
    return path


def test_ids_of_any_type_are_compared_as_text(tmp_path: Path) -> None:
    train = written(tmp_path / "a.parquet", user=[1, 2], item=[10, 20])
    test = written(tmp_path / "b.parquet", user=["1", "2"], item=["20", "10"])
    tables = read_tables(train, test)
    assert set(tables.train["user"]) == set(tables.test["user"]) == {"1", "2"}
    assert tables.notes == ()


def test_duplicates_are_dropped_and_said(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", user=[1, 1, 1], item=[5, 5, 6], ts=[3, 9, 1])
    pairs, notes = read_pairs(path)
    assert pairs.sort("item").rows() == [("1", "5", 9.0), ("1", "6", 1.0)]
    assert notes == (f"1 duplicate pairs dropped from {path}",)


def test_what_is_already_in_train_can_not_be_judged_on(tmp_path: Path) -> None:
    train = written(tmp_path / "a.parquet", user=[1, 2], item=[10, 20])
    valid = written(tmp_path / "v.parquet", user=[1, 2], item=[10, 30])
    test = written(tmp_path / "b.parquet", user=[1, 2, 2], item=[10, 30, 40])
    tables = read_tables(train, test, valid)
    assert tables.valid is not None
    assert tables.valid["item"].to_list() == ["30"]
    assert tables.test["item"].to_list() == ["40"]
    assert len(tables.notes) == 2
    assert tables.known.height == 3
    with pytest.raises(BenchError, match="nothing to judge on"):
        read_tables(train, train)


def test_times_are_read_from_numbers_dates_and_datetimes(tmp_path: Path) -> None:
    moment = datetime(2025, 9, 1, tzinfo=UTC)
    for times in ([moment.timestamp()], [int(moment.timestamp())], [moment], [moment.date()]):
        pairs, _ = read_pairs(written(tmp_path / "t.parquet", user=[1], item=[1], ts=times))
        assert pairs["ts"].item() == moment.timestamp()


def test_a_time_that_is_no_time_is_refused(tmp_path: Path) -> None:
    for times in (["yesterday"], [moment_of_day()]):
        path = written(tmp_path / "t.parquet", user=[1], item=[1], ts=times)
        with pytest.raises(BenchError, match="expected a number of seconds"):
            read_pairs(path)


def moment_of_day() -> object:
    return datetime(2025, 9, 1, 12, tzinfo=UTC).time()


def test_files_that_can_not_be_used_say_why(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="can't be read as Parquet"):
        read_pairs(tmp_path / "missing.parquet")
    (tmp_path / "text.parquet").write_text("user,item", encoding="utf-8")
    with pytest.raises(BenchError, match="can't be read as Parquet"):
        read_pairs(tmp_path / "text.parquet")
    with pytest.raises(BenchError, match="lacks column"):
        read_pairs(written(tmp_path / "a.parquet", user=[1], course=[2]))
    with pytest.raises(BenchError, match="1 empty user or item ids"):
        read_pairs(written(tmp_path / "n.parquet", user=[1, None], item=[1, 2]))
    with pytest.raises(BenchError, match="holds no rows"):
        read_pairs(written(tmp_path / "e.parquet", user=[], item=[]))


def test_histories_are_in_the_order_of_time(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", user=[1, 1, 2], item=[7, 8, 9], ts=[90_000, 0, 5])
    pairs, _ = read_pairs(path)
    known, unknown = queries_of(pl.Series(["1", "stranger"]), pairs)
    assert known.history == ("8", "7")
    assert known.personalised
    assert unknown.history == ()
    ages = training_set(pairs, 0).interactions.sort("course_id")["age_days"]
    assert ages[0] == 0.0
    assert ages[1] == pytest.approx(90_000 / 86_400)
