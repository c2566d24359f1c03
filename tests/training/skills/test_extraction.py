"""Extraction held against planted truth, and the verbs around it."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.cli.root import answer
from data.vocabulary import builtin
from features.skills.extract import SkillExtractor
from training.skills.gold.load import Annotations, Mention
from training.skills.labelled import arena_texts
from training.skills.measure import score

DATASETS = Path(__file__).parents[3] / "../shared/datasets"
PLANTED = 600
SEED = 71
"""Not the seed of the texts that the model learnt from."""


def test_planted_skills_are_found_and_waived_ones_left_out() -> None:
    arena = arena_texts(PLANTED, np.random.default_rng(SEED))
    found = SkillExtractor(builtin("skills")).mentions(pl.DataFrame({"text": arena.texts}))
    known = {skill for asked in arena.asked for skill in asked}
    ours = {(row, skill) for row, skill in found.select("row", "skill_id").iter_rows()}
    planted = {(row, skill) for row, asked in enumerate(arena.asked) for skill in asked}
    right = len(ours & planted)
    assert known
    assert right / len(planted) >= 0.90
    assert right / len(ours) >= 0.90


def test_scores_count_pairs_once_and_leave_new_skills_out() -> None:
    gold = Annotations(
        frozenset("pq"),
        (Mention("p", 0, 4, "java"), Mention("p", 9, 13, "java"), Mention("q", 0, 3, "new:lua")),
    )
    ours = Annotations(frozenset("pq"), (Mention("p", 0, 4, "java"), Mention("q", 5, 8, "sql")))
    scores = score(ours, gold, {"all": ["p", "q"], "none": []})
    assert (scores["pairs"]["both"], scores["pairs"]["ours"], scores["pairs"]["gold"]) == (1, 2, 1)
    assert scores["spans"]["gold"] == 2
    assert scores["false_share"] == 0.5
    assert list(scores["groups"]) == ["all"]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl", "xlsx"])
def test_every_row_of_any_file_has_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    frame = pl.DataFrame(
        {"id": ["x1", "x2"], "jd": ["任职要求：熟悉Java，精通Python。", "欢迎加入"]}
    )
    file = tmp_path / f"ads.{suffix}"
    match suffix:
        case "csv":
            frame.write_csv(file)
        case "parquet":
            frame.write_parquet(file)
        case "jsonl":
            frame.write_ndjson(file)
        case _:
            write_xlsx(frame, file)
    assert answer(["skills", "extract", str(file), "--text", "jd", "--json"]) == 0
    first, second = lines(capsys)
    assert (first["row"], second) == (0, {"row": 1, "skills": []})
    skills = first["skills"]
    assert isinstance(skills, list)
    assert {(each["skill_id"], each["start"], each["end"]) for each in skills} == {
        ("java", 7, 11),
        ("python", 14, 20),
    }


def write_xlsx(frame: pl.DataFrame, file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (tuple(frame.columns), *frame.rows()):
        sheet.append(row)
    book.save(file)


def test_skills_of_ones_own_are_looked_for_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ads.csv").write_text("jd\n任职要求：熟练掌握放风筝、Java\n", "utf-8")
    (tmp_path / "skills.csv").write_text(
        'skill_id,name,aliases\nkite,放风筝,"[""风筝""]"\n', "utf-8"
    )
    arguments = [
        "--text",
        "jd",
        "--json",
        "--vocabulary",
        str(tmp_path / "skills.csv"),
        "--threshold",
        "0",
    ]
    assert answer(["skills", "extract", str(tmp_path / "ads.csv"), *arguments]) == 0
    (line,) = lines(capsys)
    assert [each["skill_id"] for each in line["skills"]] == ["kite"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content", "column"),
    [
        ("ads.csv", "title\nJava\n", "jd"),
        ("ads.doc", "jd", "jd"),
        ("missing.csv", None, "jd"),
    ],
)
def test_files_and_columns_that_are_not_there_end_with_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None, column: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    assert answer(["skills", "extract", str(tmp_path / name), "--text", column]) == 2
    assert name.split(".")[0] in capsys.readouterr().err


def test_a_vocabulary_without_names_ends_with_code_two(tmp_path: Path) -> None:
    (tmp_path / "ads.csv").write_text("jd\nJava\n", "utf-8")
    (tmp_path / "skills.csv").write_text("id\njava\n", "utf-8")
    arguments = ["--text", "jd", "--vocabulary", str(tmp_path / "skills.csv")]
    assert answer(["skills", "extract", str(tmp_path / "ads.csv"), *arguments]) == 2
