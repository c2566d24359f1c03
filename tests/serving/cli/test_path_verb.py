"""``path`` from the command line and over HTTP: one answer, in words or as a document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.city import City
from data.cli import run_verb
from data.cli.root import answer
from data.errors import XuepeiError
from data.store import write_snapshot
from recsys.errors import BundleError
from serving.schemas.path import PathAnswer

Run = Callable[..., PathAnswer]
MOMENT = "2025-09-01T12:00:00+08:00"


@pytest.fixture(scope="module")
def school(
    make_city: Callable[..., City], as_of: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A school that teaches half of what a welder needs, on disk."""
    weld, read, job = {"skill_id": "weld"}, {"skill_id": "read"}, {"occupation_code": "6-18"}
    city = make_city(
        institutions=[{}],
        venues=[{}],
        skills=[{**weld, "name": "焊接"}, {**read, "name": "识图"}],
        occupations=[{**job, "name": "焊工", "aliases": ["电焊工"]}],
        occupation_skills=[{**job, **weld, "level": 2}, {**job, **read, "importance": 0.5}],
        courses=[
            {"course_id": "w1", "title": "焊接入门", "credits": 1.0},
            {"course_id": "w2", "title": "焊接提高", "prerequisites": ["w1"]},
        ],
        course_skills=[
            {"course_id": "w1", **weld, "level_to": 1},
            {"course_id": "w2", **weld, "level_to": 2},
        ],
        sections=[{"section_id": "w1-a", "course_id": "w1"}],
        learners=[
            {"learner_id": "lin"},
            {"learner_id": "off", "consent_personalisation": False},
            {"learner_id": "keen", "goal_occupation_code": "6-18"},
        ],
        events=[{"event_id": "e", "learner_id": "off", "course_id": "w1", "type": "complete"}],
    )
    folder = tmp_path_factory.mktemp("school") / "snapshot"
    write_snapshot(folder, {n: t.collect() for n, t in city.tables.items()}, now=as_of)
    return folder


@pytest.fixture
def run(school: Path) -> Run:
    """Runs the verb at the school."""

    def run(*arguments: object) -> PathAnswer:
        words = ["path", *map(str, arguments), "--snapshot", str(school), "--as-of", MOMENT]
        result: PathAnswer = run_verb(words)
        return result

    return run


def test_the_way_is_told_in_words(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = run("lin", "--occupation", "电焊工")
    printed = capsys.readouterr().out
    for words in (
        "焊工 6-18",
        "现在的匹配度：未知",
        "焊接 (重要度 1) 要求初级，未知",
        "识图 (重要度 0.5) 要求入门（等级不详，按入门计），未知",
        "焊接入门",
        "2025-09-15 至 2025-12-15 周三晚 · 16 学时 · 1 学分",
        "200 元",
        "焊接 无→入门；为后续课程打基础：w2",
        "目前未开班（此后第 1 学期）",
        "焊接 入门→初级",
        "共 2 门、32 学时、学分不详",
        "其中 1 门目前未开班",
        "学完后的匹配度：至少 67%",
        "已证明",
    ):
        assert words in printed
    assert [step.section_id for step in found.steps] == ["w1-a", None]


def test_the_document_is_the_answer(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = run("lin", "--occupation", "6-18", "--json", "--max-hours", 20)
    document = capsys.readouterr().out
    assert PathAnswer.model_validate_json(document) == found
    assert json.loads(document)["hours"] == 16.0
    assert {gap.skill_id: gap.left for gap in found.gaps} == {"weld": 1, "read": 1}


def test_with_personalisation_off_only_what_is_stated_counts(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = run("off", "--occupation", "6-18")
    assert "未读取学习记录" in capsys.readouterr().out
    assert (silent.degree_now, silent.record_read) == (None, False)
    stated = run("off", "--occupation", "6-18", "--holds", "weld=2")
    assert stated.degree_now == pytest.approx(2 / 3)
    assert "已有初级（本次填写），已达到" in capsys.readouterr().out
    assert stated.steps == []


def test_without_a_wish_the_goal_on_record_is_it(run: Run) -> None:
    assert run("keen").occupation_code == "6-18"
    with pytest.raises(XuepeiError, match="name an occupation or a skill"):
        run("lin")


def test_a_skill_alone_can_be_wished_for(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = run("lin", "--skill", "weld=1", "--budget-fen", 30000, "--max-terms", 1)
    assert found.degree_after == 1.0
    assert "所选技能" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody", "--occupation", "6-18"], "there is no learner 'nobody'"),
        (["lin", "--occupation", "高级焊工"], "no occupation '高级焊工'; near: 6-18 焊工"),
        (["lin", "--occupation", "xyz"], "expected a code such as"),
        (["lin", "--skill", "fly"], "there is no skill 'fly'"),
        (["lin", "--skill", "weld=9"], "a level is 1"),
    ],
)
def test_what_is_not_there_is_named(run: Run, arguments: list[str], message: str) -> None:
    with pytest.raises(XuepeiError, match=message):
        run(*arguments)


def test_bad_input_is_exit_code_two(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["path", "lin", "--snapshot", str(school), "--occupation", "xyz"]
    assert answer(words) == 2
    assert "there is no occupation" in capsys.readouterr().err


def test_a_bundle_that_is_not_there_is_an_error(run: Run) -> None:
    with pytest.raises(BundleError):
        run("lin", "--occupation", "6-18", "--bundle", "nowhere")
