"""``xuepei import`` shows the account, and says what is missing in a sentence."""

import json
from pathlib import Path

import pytest

from data.cli import run_verb
from data.errors import DataError
from data.ingest import ImportAccount
from data.store import open_snapshot

HEADER = "课程编号,课程名称,单位编号,办学类型,分类,学时,授课语言,先修课程"


@pytest.fixture
def timetable(tmp_path: Path) -> Path:
    """A GBK file with Chinese headers and values, one bad row, and an old division code."""
    folder = tmp_path / "来件"
    folder.mkdir()
    rows = ["0012,八段锦,i-1,青年夜校,health,16,zh,[]", "0013,太极,i-1,青年夜校,health,很多,zh,[]"]
    (folder / "课程表.csv").write_bytes("\r\n".join([HEADER, *rows]).encode("gbk"))
    (folder / "learners.csv").write_text(
        "learner_id,age_band,home_division_code,needs,goal_skills,consent_personalisation,"
        "consent_labour_profile,registered_at\n"
        "l,25-34,330183,[],[],true,false,2025-01-01T00:00:00Z\n"
    )
    return folder


def test_the_verb_shows_what_was_kept_and_what_was_not(
    timetable: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = run_verb(["import", str(timetable), "--snapshot", str(tmp_path / "city")])
    assert isinstance(account, ImportAccount)
    assert account.tables["courses"].rules == {"type": 1}
    shown = capsys.readouterr().out
    assert "课程表.csv:3" in shown.replace("\n", "")
    assert "division codes mapped: 1 cells" in shown
    assert "没有教学点表" in shown
    assert open_snapshot(tmp_path / "city").read("courses")["course_id"].to_list() == ["0012"]


def test_the_verb_prints_its_account_as_json(
    timetable: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_verb(["import", str(timetable), "--snapshot", str(tmp_path / "city"), "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "city" / "import.json").read_text())
    courses = printed["tables"]["courses"]
    assert (courses["read"], courses["kept"], courses["quarantined"]) == (2, 1, 1)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_undo_says_where_it_went(
    timetable: Path, tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    city = str(tmp_path / "city")
    first = run_verb(["import", str(timetable), "--snapshot", city, "--json"])
    run_verb(["import", str(timetable / "learners.csv"), "--snapshot", city, "--replace", "--json"])
    capsys.readouterr()
    restored = run_verb(["import", "--undo", "--snapshot", city, *options])
    assert restored["snapshot_id"] == first.snapshot_id
    assert first.snapshot_id in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_glossary_can_be_printed(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run_verb(["import", "--show-glossary", *options])
    assert "青年夜校" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x.csv"], "--snapshot DIR is missing"),
        (["--snapshot", "city"], "nothing to import"),
        (["nowhere.csv", "--snapshot", "city"], "nowhere.csv"),
        (["--undo", "--snapshot", "city"], "no snapshot"),
        (["x.csv", "--snapshot", "city", "--mapping", "no-such-feed"], "no-such-feed"),
    ],
)
def test_bad_input_is_answered_by_a_sentence(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=message):
        run_verb(["import", *arguments])
