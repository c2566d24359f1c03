"""What experiments share: nothing measured with other code is read back, nothing half-written."""

import json
import sys
from pathlib import Path

import pytest

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
sys.path.insert(0, str(EXPERIMENTS))

# An experiment is a script: what it shares with others must be on the path first.
from frame import kept  # noqa: E402 - as above
from frame.record import Page, versions_of, write_document  # noqa: E402 - as above
from frame.seeds import row_file, rows_of, seed_list  # noqa: E402 - as above

SCRIPT = """
import json, sys
from pathlib import Path
seed = int(sys.argv[2])
runs = Path({runs!r})
runs.write_text(runs.read_text() + f"{{seed}} ")
if seed != 13:
    (Path({folder!r}) / f"seed-{{seed}}.json").write_text(json.dumps({{"seed": seed}}))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    folder, runs = tmp_path / "kept", tmp_path / "runs"
    folder.mkdir()
    runs.write_text("")
    file = tmp_path / "run.py"
    file.write_text(SCRIPT.format(runs=str(runs), folder=str(folder)))
    return file


def test_a_seed_that_is_kept_is_not_measured_again(script: Path, tmp_path: Path) -> None:
    first = rows_of(script, [4, 2], tmp_path / "kept")
    again = rows_of(script, [2, 4, 5], tmp_path / "kept")
    assert [row["seed"] for row in first] == [4, 2]
    assert [row["seed"] for row in again] == [2, 4, 5]
    assert (tmp_path / "runs").read_text().split() == ["4", "2", "5"]


def test_a_seed_that_kept_nothing_here_was_measured_with_other_code(
    script: Path, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match="code changed"):
        rows_of(script, [13], tmp_path / "kept")


def test_figures_of_other_code_or_settings_are_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "ROOT", tmp_path / "root")
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("one")

    def folder(**settings: int) -> Path:
        return kept.kept_folder("000", settings, kept.sources_in(package))

    before = folder(size=1)
    assert folder(size=1) == before
    assert folder(size=2) != before
    (package / "notes.md").write_text("no code")
    assert folder(size=1) == before
    (package / "a.py").write_text("two")
    assert folder(size=1) != before


def test_a_row_is_kept_whole_and_scratch_is_gone_even_after_an_error(tmp_path: Path) -> None:
    kept.keep(row_file(tmp_path, 7), {"名": 1.5})
    assert json.loads(row_file(tmp_path, 7).read_text(encoding="utf-8")) == {"名": 1.5}

    def fails() -> None:
        with kept.scratch(tmp_path, "work") as work:
            (work / "half").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert [file.name for file in tmp_path.iterdir()] == ["seed-7.json"]


def test_tables_replace_what_stood_between_the_marks_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    page = Page(file)
    file.write_text(f"before\n{page.begin}\nold\n{page.end}\nafter\n")
    page.fill("new")
    page.fill("newer")
    assert file.read_text() == f"before\n{page.begin}\nnewer\n{page.end}\nafter\n"


def test_a_page_without_its_marks_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("no marks")
    with pytest.raises(ValueError, match="must hold the lines"):
        Page(file).fill("new")
    assert file.read_text() == "no marks"


def test_a_figure_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_document(tmp_path / "results.json", {"share": float("nan")})
    assert not (tmp_path / "results.json").exists()


def test_versions_name_what_is_not_installed() -> None:
    assert versions_of(["numpy", "no-such-library"])["no-such-library"] is None


def test_seeds_are_read_from_a_comma_list() -> None:
    assert seed_list("3,1") == [3, 1]
