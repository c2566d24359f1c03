"""``recommend``, ``why-not`` and ``batch`` from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cli import run_verb
from data.errors import StoreError, XuepeiError
from recsys.errors import BundleError
from serving.schemas.recommend import RecommendAnswer

Run = Callable[..., Any]


@pytest.fixture
def run(snapshot: Path, model: Path) -> Run:
    """Runs a verb on the town."""
    parts = ["--snapshot", str(snapshot), "--bundle", str(model)]

    def run(verb: str, *arguments: object) -> Any:
        return run_verb([verb, *map(str, arguments), *parts])

    return run


def test_a_list_is_printed_in_words(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run("recommend", "fan", "-n", 3)
    printed = capsys.readouterr().out
    assert len(answer.items) == 3
    for word in ("课程 paint", "社区学院", "晚", "200 元", "未列入", "已经满员 1"):
        assert word in printed


def test_a_list_speaks_english_too(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("recommend", "stranger", "-n", 3, "--lang", "en")
    printed = capsys.readouterr().out
    for word in ("unknown learner", "evening", "left out", "It has no seat left 1"):
        assert word in printed


def test_where_nothing_is_left_out_the_list_says_so(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("recommend", "fan", "--programme", "senior")
    assert "没有班次被排除" in capsys.readouterr().out


def test_a_list_is_the_same_document_as_the_services(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run("recommend", "fan", "--json", "--programme", "night_school")
    document = json.loads(capsys.readouterr().out)
    assert RecommendAnswer.model_validate_json(json.dumps(document)) == answer
    assert document["items"][0]["reasons"][0]["evidence"] is not None


def test_the_same_question_has_the_same_list_id(run: Run) -> None:
    first, again = run("recommend", "fan"), run("recommend", "fan")
    assert first.list_id == again.list_id
    assert first.items == again.items
    assert run("recommend", "fan", "--elder").list_id != first.list_id


def test_a_list_can_be_made_as_of_another_time(run: Run) -> None:
    later = run("recommend", "fan", "--as-of", "2025-10-01T00:00:00+08:00")
    assert later.items == []
    assert later.meta.as_of == "2025-09-30T16:00:00Z"
    assert later.excluded["window"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fan", "--as-of", "2025-09-01T12:00:00"], "has no offset"),
        (["fan", "--as-of", "yesterday"], "is no time"),
        (["fan", "--programme", "cooking"], "there is no programme 'cooking'"),
        (["fan", "--lang", "fr"], "there are zh and en"),
        ([" fan"], "learner_id: an id has"),
    ],
)
def test_bad_input_is_explained(run: Run, arguments: list[str], message: str) -> None:
    with pytest.raises(XuepeiError, match=message):
        run("recommend", *arguments)


def test_a_missing_snapshot_or_model_is_an_error(snapshot: Path, model: Path) -> None:
    with pytest.raises(StoreError):
        run_verb(["recommend", "fan", "--snapshot", "nowhere", "--bundle", str(model)])
    with pytest.raises(BundleError):
        run_verb(["recommend", "fan", "--snapshot", str(snapshot), "--bundle", "nowhere"])


def test_why_not_names_the_rule(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    answer = run("why-not", "fan", "s-full")
    assert answer.rule == "seats"
    assert "满员" in capsys.readouterr().out
    run("why-not", "fan", "s-full", "--json")
    assert json.loads(capsys.readouterr().out)["rule"] == "seats"
    run("why-not", "fan", "s-paint-0", "--lang", "en")
    assert "in the list" in capsys.readouterr().out


def test_why_not_without_a_section_says_what_would_bring_more(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = run("why-not", "wheels", "--circle", 0, "--free", "1E,7A", "--json")
    assert json.loads(capsys.readouterr().out)["excluded"] == answer.excluded
    slot, wider = answer.gains
    assert (slot.rule, wider.rule) == ("free_slots", "within_circle")
    assert sorted(wider.steps) == [5, 10, 15, 20]
    run("why-not", "wheels", "--circle", 0, "--free", "1E,7A", "--lang", "en")
    printed = capsys.readouterr().out
    for word in ("left out: ", wider.text_en.split(" ", 1)[1], "+20: "):
        assert word in printed


def test_where_nothing_could_be_relaxed_the_answer_says_so(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("why-not", "fan").gains == []
    assert "放宽限制也不会有更多班次" in capsys.readouterr().out


def test_a_slot_on_the_command_line_is_held_to_the_vocabulary(run: Run) -> None:
    with pytest.raises(XuepeiError, match=r"context\.free_slots"):
        run("why-not", "fan", "--free", "Monday")


def test_why_not_of_an_unknown_section_is_an_error(run: Run) -> None:
    with pytest.raises(XuepeiError, match="not a section"):
        run("why-not", "fan", "nowhere")


def test_a_batch_holds_every_learner_of_the_snapshot(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "lists.parquet"
    result = run("batch", "-n", 2, "--out", out, "--json")
    assert json.loads(capsys.readouterr().out) == result
    lists = pl.read_parquet(out)
    assert lists.columns == ["learner_id", "rank", "section_id", "course_id", "score"]
    assert result["learners"] == lists["learner_id"].n_unique() == 21
    assert lists.height == result["rows"] == 42


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".txt"])
def test_a_batch_may_be_of_chosen_learners(run: Run, tmp_path: Path, suffix: str) -> None:
    file, out = tmp_path / f"learners{suffix}", tmp_path / "lists.csv"
    wanted = pl.DataFrame({"learner_id": ["stranger", "fan", "fan", "0012"]})
    if suffix == ".csv":
        wanted.write_csv(file)
    elif suffix == ".parquet":
        wanted.write_parquet(file)
    else:
        file.write_text("stranger\nfan\n\nfan\n0012\n", encoding="utf-8")
    run("batch", "-n", 3, "--learners", file, "--out", out)
    lists = pl.read_csv(out, infer_schema=False)
    assert lists["learner_id"].unique(maintain_order=True).to_list() == ["stranger", "fan", "0012"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("learners.csv", b"learner\nfan\n", "no column learner_id"),
        ("learners.txt", b"\xff\xfe\xfa", "can't be read"),
        ("learners.parquet", b"PAR0", "can't be read"),
    ],
)
def test_a_file_without_learners_changes_nothing(
    run: Run, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    out = tmp_path / "lists.csv"
    out.write_text("the lists of yesterday")
    with pytest.raises(XuepeiError, match=message):
        run("batch", "-n", 3, "--learners", tmp_path / name, "--out", out)
    assert out.read_text() == "the lists of yesterday"
    assert {path.name for path in tmp_path.iterdir()} == {name, "lists.csv"}


def test_a_target_of_another_kind_is_refused_before_any_work(run: Run, tmp_path: Path) -> None:
    with pytest.raises(XuepeiError, match=r"should end in one of \.parquet, \.csv"):
        run("batch", "--out", tmp_path / "lists.xlsx")


def test_a_target_that_cannot_be_written_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(XuepeiError, match="can't be written"):
        run("batch", "-n", 1, "--out", tmp_path / "file" / "lists.csv")
