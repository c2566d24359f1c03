"""The two verbs: a folder whole or not at all, the same figures in every file, nothing foreign."""

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from data.cli import run_verb
from data.errors import XuepeiError

PILOT = "330113000000"
CODES = ("330113", "330102", "330105", "330106")
VOID = {"meta", "rect", "line", "path"}
Run = Callable[..., dict[str, Any]]


class Page(HTMLParser):
    """Reads a page strictly: every element that opens must close, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def run(planned_snapshot: Path) -> Run:
    def run(verb: str, *arguments: object) -> dict[str, Any]:
        parts = ["--snapshot", str(planned_snapshot), "--as-of", "2025-08"]
        answer: dict[str, Any] = run_verb([verb, *map(str, arguments), *parts])
        return answer

    return run


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("given") / "gaps.csv"
    rows = {
        "rank": [1, 2],
        "month": ["2025-08-01"] * 2,
        "division_code": [PILOT, "330106000000"],
        "skill_id": ["=cmd|calc", "tea"],
        "gap": [4.0, 2.0],
        "gap_low": [1.0, -1.0],
        "gap_high": [9.0, 4.0],
        "note": ["+缺人", "不缺"],
    }
    pl.DataFrame(rows).write_csv(path)
    return path


@pytest.fixture(scope="module")
def one(run: Run, gaps: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("one") / "out"
    run("report", "--division", "330113", "--gaps", gaps, "--out", out)
    return out


@pytest.fixture(scope="module")
def compared(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pilots") / "out"
    run("pilot-report", "--start", "2024秋", "--out", out)
    return out


def page(folder: Path, name: str = "report.html") -> Page:
    return Page((folder / name).read_text("utf-8"))


def document(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return read


@pytest.mark.parametrize("which", ["one", "compared"])
def test_a_page_needs_nothing_but_itself(which: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(which)
    text = (folder / "report.html").read_text("utf-8")
    read = page(folder)
    assert read.open == []
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {
        tag for tag, _ in read.elements
    }
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)
    wanted = {each["href"] for tag, each in read.elements if tag == "a"}
    ids = {each["id"] for _, each in read.elements if "id" in each}
    assert {f"#{name}" for name in ids} >= wanted
    policies = [each["content"] for tag, each in read.elements if each.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


@pytest.mark.parametrize("which", ["one", "compared"])
def test_every_chart_stands_beside_a_table_and_names_are_unique(
    which: str, request: pytest.FixtureRequest
) -> None:
    read = page(request.getfixturevalue(which))
    tags = [tag for tag, _ in read.elements]
    assert tags.count("svg") > 0
    for place in (number for number, tag in enumerate(tags) if tag == "svg"):
        assert "table" in tags[place:]
    ids = [each["id"] for _, each in read.elements if "id" in each]
    assert len(ids) == len(set(ids))
    assert all("scope" in each for tag, each in read.elements if tag == "th")


def test_names_of_others_are_shown_and_never_run(run: Run, tmp_path: Path) -> None:
    run("report", "--out", tmp_path / "all")
    read = page(tmp_path / "all", "index.html")
    assert any("<script>拱墅区" in words for words in read.words)
    book = load_workbook(tmp_path / "all" / "330102000000" / "report.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert any(cell.value == "'=1+2 上城区" for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_formulas_in_a_given_file_are_text_in_every_file(one: Path) -> None:
    text = (one / "tables" / "gaps.csv").read_text("utf-8")
    assert "'=cmd|calc" in text
    assert "'+缺人" in text
    assert document(one)["tables"]["gaps"]["rows"][0]["skill_id"] == "=cmd|calc"


@pytest.mark.parametrize("which", ["one", "compared"])
def test_the_same_figures_stand_in_csv_json_and_workbook(
    which: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(which)
    read = document(folder)
    book = load_workbook(folder / "report.xlsx")
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets[1:]]
    assert len(sheets) == len(read["tables"])
    for (key, table), sheet in zip(read["tables"].items(), sheets, strict=True):
        csv = pl.read_csv(folder / "tables" / f"{key}.csv", infer_schema=False)
        assert csv.columns == list(table["columns"])
        assert csv.height == len(table["rows"]) == len(sheet) - 1
        for name in csv.columns:
            told = [row[name] for row in table["rows"]]
            listed = [line[csv.columns.index(name)] for line in sheet[1:]]
            numbers = [value for value in told if isinstance(value, int | float)]
            if numbers and not isinstance(numbers[0], bool):
                assert [None if text is None else float(text) for text in csv[name]] == told
                assert listed == told


def test_figures_that_may_not_be_told_are_in_no_file(one: Path) -> None:
    ages = document(one)["tables"]["ages"]["rows"]
    assert ages
    for row in document(one)["tables"]["programmes"]["rows"]:
        counts = [row[name] for name in ("applied", "enrolled", "completed")]
        assert all(count is None or count == 0 or count >= 10 for count in counts)


def test_a_part_that_nobody_gave_says_so(one: Path) -> None:
    sections = {each["key"]: each for each in document(one)["sections"]}
    assert sections["coverage"]["absent"]
    assert "--coverage" in sections["coverage"]["text"][0]
    assert not sections["gaps"]["absent"]
    assert len(document(one)["tables"]["gaps"]["rows"]) == 1  # the other district's row isn't shown


def test_the_pilot_report_owns_that_four_districts_are_too_few(compared: Path) -> None:
    effects = {row["outcome"]: row for row in document(compared)["tables"]["effects"]["rows"]}
    row = effects["enrolments_per_10000"]
    assert (row["pilots"], row["comparisons"], row["sets"], row["low"]) == (1, 3, 4, None)
    assert row["effect"] == pytest.approx(2.0, abs=0.3)  # eight more of 40,000
    assert "说明不了作用" in row["note"]


def test_pilots_alone_are_before_and_after(run: Run, tmp_path: Path) -> None:
    everyone = [part for code in CODES for part in ("--pilot", code)]
    answer = run(
        "pilot-report",
        "--start",
        "2024-07-01",
        "--lang",
        "en",
        "--out",
        tmp_path / "out",
        *everyone,
    )
    read = page(tmp_path / "out")
    assert "How comparison districts weigh" in read.words
    assert ("html", {"lang": "en"}) in read.elements
    assert answer["comparisons"] == []  # a district without sections is no comparison
    assert all(row["effect"] is None for row in answer["effects"])
    assert any("before and after only" in row["note_en"] for row in answer["effects"])


def test_more_outcomes_and_gaps_can_be_brought(run: Run, gaps: Path, tmp_path: Path) -> None:
    rows = [
        (code, term, "matching_degree", value)
        for code in (PILOT, "330106000000")
        for term, value in (("2024春", 0.5), ("2024秋", 0.6))
    ]
    names = ["division_code", "term", "outcome", "value"]
    panel = tmp_path / "panel.csv"
    pl.DataFrame(rows, schema=names, orient="row").write_csv(panel)
    more = ("--outcomes", panel, "--gaps", gaps, "--weights", "equal", "--compare", "330106")
    answer = run("pilot-report", "--start", "2024秋", *more, "--out", tmp_path / "out")
    assert {"matching_degree", "gap_per_10000"} <= {row["outcome"] for row in answer["effects"]}


def test_a_folder_is_replaced_whole_or_left_alone(
    run: Run, one: Path, gaps: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(one, out)
    (out / "tables" / "old.csv").write_text("x", "utf-8")
    run("report", "--division", "330113", "--gaps", gaps, "--out", out)
    first = (out / "report.html").read_bytes()
    assert first == (one / "report.html").read_bytes()
    assert not (out / "tables" / "old.csv").exists()
    with pytest.raises(XuepeiError, match="should end in"):
        run("report", "--division", "330113", "--gaps", "gaps.txt", "--out", out)
    assert (out / "report.html").read_bytes() == first
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.txt").write_text("mine", "utf-8")
    with pytest.raises(XuepeiError, match="holds something else"):
        run("report", "--division", "330113", "--out", other)
    assert [path.name for path in other.iterdir()] == ["note.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "out"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("report", "--lang", "fr"), "expected zh or en"),
        (("report", "--term", "2030秋"), "no term '2030秋'"),
        (("report", "--division", "330199"), "no district of the snapshot"),
        (("report", "--gaps", "nowhere.csv"), "can't be read"),
        (("report", "--gaps", "gaps.txt"), "should end in one of"),
        (("report", "--geojson", "nowhere.json"), "can't be read"),
        (("pilot-report", "--start", "someday"), "no finished term and no day"),
        (("pilot-report", "--start", "2024秋", "--pilot", "330199"), "different districts"),
        (("pilot-report", "--start", "2024秋", "--compare", "330113"), "compared with itself"),
        (("pilot-report", "--start", "2024秋", "--weights", "x"), "likeness or equal"),
    ],
)
def test_bad_input_is_named(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(XuepeiError, match=message):
        run(*arguments, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_table_of_another_verb_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(XuepeiError, match="expected a table of `xuepei gaps`"):
        run("report", "--gaps", path, "--out", tmp_path / "out")
