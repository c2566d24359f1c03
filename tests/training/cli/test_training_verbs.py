import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import training.cli.evaluate as evaluate_verb
import training.cli.train as train_verb
from data.city import City
from data.cli import run_verb
from data.errors import XuepeiError
from data.store import write_snapshot
from recsys.artifact import load_bundle
from recsys.pipeline.policy import Policy
from recsys.scorers.ease import Ease
from recsys.types import TrainingSet
from training.cli.features import FRAMES
from training.tracking import Run

CUT = "2025-09-01T12:00:00+08:00"


@pytest.fixture(scope="module")
def snapshot(town: City, as_of: datetime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "snapshot"
    write_snapshot(folder, town.tables, now=as_of)
    return folder


@pytest.fixture(scope="module")
def policy_file(policies: dict[str, Policy], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policy") / "small.toml"
    scorers = "".join(
        f"[scorers.{name}]\nweight = {use.weight}\nconfig = {{ {_options(use.config)} }}\n"
        for name, use in policies["small"].scorers.items()
    )
    path.write_text(f'name = "small"\nversion = "1"\nrules = ["window"]\n{scorers}')
    return path


def _options(config: object) -> str:
    assert isinstance(config, dict)
    return ", ".join(f"{name} = {value}" for name, value in config.items())


@pytest.fixture
def bundle(snapshot: Path, policy_file: Path, tmp_path: Path) -> Path:
    run_verb(train_arguments(snapshot, policy_file, tmp_path / "bundle"))
    return tmp_path / "bundle"


def train_arguments(snapshot: Path, policy: Path, target: Path, *more: str) -> list[str]:
    places = ["--snapshot", f"{snapshot}", "--out", f"{target}", "--policy", f"{policy}"]
    return ["train", *places, "--as-of", CUT, "--no-track", *more]


def test_train_writes_a_bundle_that_says_how_it_was_made(
    snapshot: Path, policy_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = train_arguments(snapshot, policy_file, tmp_path / "b", "--seed", "3", "--json")
    result = run_verb(arguments)
    assert json.loads(capsys.readouterr().out) == result
    bundle = load_bundle(tmp_path / "b")
    assert result["model_version"] == bundle.manifest.model_version
    assert result["scorers"] == ["ease", "popularity"]
    assert bundle.manifest.seed == 3
    assert [item.name for item in tmp_path.iterdir()] == ["b"]


def test_training_twice_gives_the_same_model_in_the_same_place(
    snapshot: Path, policy_file: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_bundle(bundle).manifest.model_version
    run_verb(train_arguments(snapshot, policy_file, bundle))
    assert "84 interactions of 28 learners and 10" in " ".join(capsys.readouterr().out.split())
    assert load_bundle(bundle).manifest.model_version == before


def test_an_interrupted_training_leaves_the_old_bundle_whole(
    snapshot: Path, policy_file: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Ease, __: TrainingSet) -> Ease:
        raise KeyboardInterrupt

    before = load_bundle(bundle).manifest
    monkeypatch.setattr(Ease, "fit", interrupted)
    for target in (bundle, bundle.with_name("new")):
        assert run_verb(train_arguments(snapshot, policy_file, target)) == 130
    assert load_bundle(bundle).manifest == before
    assert [item.name for item in bundle.parent.iterdir()] == [bundle.name]


def test_a_time_without_offset_is_refused(snapshot: Path, tmp_path: Path) -> None:
    arguments = ["train", "--snapshot", f"{snapshot}", "--out", f"{tmp_path / 'b'}"]
    with pytest.raises(XuepeiError, match="no offset"):
        run_verb([*arguments, "--as-of", "2025-09-01T12:00:00"])
    assert not list(tmp_path.iterdir())


def test_runs_are_tracked_unless_told_not_to(
    snapshot: Path,
    policy_file: Path,
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[tuple[Run, Path]] = []
    for verb in (train_verb, evaluate_verb):
        monkeypatch.setattr(verb, "track", lambda run, file: kept.append((run, file)))
    arguments = train_arguments(snapshot, policy_file, tmp_path / "other")
    run_verb(arguments)
    assert not kept
    file = tmp_path / "runs.db"
    told = [argument for argument in arguments if argument != "--no-track"]
    run_verb([*told, "--tracking-file", f"{file}"])
    judge = ["evaluate", "--snapshot", f"{snapshot}", "--bundle", f"{bundle}", "-k", "2"]
    result = run_verb([*judge, "--tracking-file", f"{file}"])
    assert [run.name for run, _ in kept] == ["train", "evaluate"]
    assert {path for _, path in kept} == {file}
    versions = {run.tags["model_version"] for run, _ in kept}
    assert versions == {result["model_version"]}
    assert kept[0][0].params["ease.regularisation"] == 5.0
    assert "policy.all.all.recall_at_2" in kept[1][0].metrics
    assert "policy.age_band.25-34.ndcg_at_2" in kept[1][0].metrics


def test_evaluate_prints_the_table_and_the_verdict(
    snapshot: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = ["evaluate", "--snapshot", f"{snapshot}", "--bundle", f"{bundle}", "--no-track"]
    result = run_verb([*judge, "-k", "2", "--learners", "0"])
    words = " ".join(capsys.readouterr().out.split())
    assert "30 learners, 30 courses chosen after it, 100% of them" in words
    assert "ease" in words
    assert "policy against open, popular first" in words
    assert words.count("better") == 2
    assert result["learners"] == 30
    assert {row["metric"] for row in result["figures"] if row["low"] is None} == {"coverage_at_2"}


def test_evaluate_as_json_is_one_document(
    snapshot: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = ["evaluate", "--snapshot", f"{snapshot}", "--bundle", f"{bundle}", "--no-track"]
    run_verb([*judge, "--json", "--test-until", "2025-09-05"])
    document = json.loads(capsys.readouterr().out)
    assert document["test_until"] == "2025-09-04T16:00:00+00:00"
    assert {"figures", "differences", "offered", "answers"} <= set(document)


def test_evaluate_says_when_nothing_was_open_at_the_cut(
    snapshot: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = ["evaluate", "--snapshot", f"{snapshot}", "--bundle", f"{bundle}", "--no-track"]
    run_verb([*judge, "-k", "2", "--holdout-days", "40"])
    assert "nothing was open at the cut" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-k", "0"], "whole numbers from 1 to 100"),
        (["-k", "ten"], "whole numbers from 1 to 100"),
        (["--programme", "chess"], "no programme 'chess'"),
        (["--test-until", "2025-09-05", "--holdout-days", "5"], "give one of them"),
        (["--test-until", "2025-09-01"], "no learner is known"),
    ],
)
def test_bad_questions_are_refused_with_a_sentence(
    snapshot: Path, bundle: Path, options: list[str], sentence: str
) -> None:
    judge = ["evaluate", "--snapshot", f"{snapshot}", "--bundle", f"{bundle}", "--no-track"]
    with pytest.raises(XuepeiError, match=sentence):
        run_verb([*judge, *options])


def test_features_are_written_as_one_folder(
    snapshot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "features"
    arguments = ["features", "--snapshot", f"{snapshot}", "--as-of", CUT, "--out", f"{target}"]
    result = run_verb(arguments)
    assert {item.name for item in target.iterdir()} == {f"{name}.parquet" for name in FRAMES}
    rows = {name: pl.read_parquet(target / f"{name}.parquet").height for name in FRAMES}
    assert result["rows"] == rows
    assert rows["interactions"] == 84
    capsys.readouterr()
    run_verb([*arguments, "--json"])
    assert json.loads(capsys.readouterr().out)["rows"] == rows
    assert [item.name for item in tmp_path.iterdir()] == ["features"]


def test_features_never_replace_a_folder_of_other_things(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(XuepeiError, match="holds other things"):
        run_verb(["features", "--snapshot", f"{snapshot}", "--as-of", CUT, "--out", f"{tmp_path}"])
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_bench_ranking_prints_a_row_per_model_and_what_it_left_out(
    circle_files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "test.parquet"
    judged = pl.read_parquet(circle_files / "test.parquet")
    pl.concat([judged, judged.head(1)]).write_parquet(test)
    files = ["--train", f"{circle_files / 'train.parquet'}", "--test", f"{test}"]
    rows = run_verb(["bench", "ranking", *files, "--models", "popularity, xuepei"])
    said = capsys.readouterr()
    assert [row["model"] for row in rows] == ["popularity", "xuepei"]
    assert "1 duplicate pairs dropped" in " ".join(said.err.split())
    assert "xuepei = " in said.out
    run_verb(["bench", "ranking", *files, "--models", "popularity", "--json"])
    (row,) = json.loads(capsys.readouterr().out)
    assert row["model"] == "popularity"
    assert row["recall_at_20"] == rows[0]["recall_at_20"]


def test_a_process_that_answers_is_weighed_before_and_after_its_first_lists(
    snapshot: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--snapshot", f"{snapshot}", "--bundle", f"{bundle}", "--as-of", CUT]
    (row,) = run_verb(["bench", "memory", *where, "--json"])
    assert json.loads(capsys.readouterr().out) == [row]
    assert row["learners"] > 0
    assert row["sections"] > 0
    if row["bare_mb"] is not None:
        assert 10 < row["bare_mb"] <= row["loaded_mb"] <= row["peak_mb"]
        assert row["answering_mb"] <= row["peak_mb"]


def test_a_process_that_cant_load_says_why(bundle: Path, tmp_path: Path) -> None:
    where = ["--snapshot", f"{tmp_path / 'none'}", "--bundle", f"{bundle}", "--as-of", CUT]
    with pytest.raises(XuepeiError, match="failed"):
        run_verb(["bench", "memory", *where])
