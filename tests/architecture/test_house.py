"""Rules of the house that neither the linter nor the import contracts can check."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PACKAGES = ("data", "features", "recsys", "training", "serving")
MOST_LINES = 400
DRAWERS = {"utils", "util", "common", "misc", "helpers", "helper", "shared", "lib"}
WRITES_TRUTH = "data/simulate/"
"""The simulator writes the truth it knows."""
TRUTH = re.compile(r"""["']truth["'/]""")
INSTANT = "as_of.txt"
"""The instant at which lists are made lies beside the truth and is no secret."""


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((HOUSE / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_our_names(package: str) -> None:
    owners = set(packages_distributions().get(package, []))
    assert owners <= {"xuepei"}, f"{package!r} would be shadowed by {owners}"


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*PACKAGES, "tests", "experiments")
    }
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES}


def test_there_is_no_helper_drawer() -> None:
    drawers = [named(path) for path in sources(*PACKAGES, "tests") if DRAWERS & parts(path)]
    assert not drawers


def parts(path: Path) -> set[str]:
    return {part.removesuffix(".py") for part in path.relative_to(HOUSE).parts}


def test_the_truth_is_read_by_the_judge_alone() -> None:
    readers = [
        f"{named(path)}: {line.strip()}"
        for path in sources(*PACKAGES)
        if not named(path).startswith(WRITES_TRUTH) and "judge" not in named(path)
        for line in path.read_text(encoding="utf-8").splitlines()
        if TRUTH.search(line) and INSTANT not in line
    ]
    assert not readers, "only the judge may see what the simulator knows"


def texts(path: Path) -> Iterator[str]:
    """All text constants of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_every_package_says_that_it_is_typed() -> None:
    assert [name for name in PACKAGES if not (HOUSE / name / "py.typed").exists()] == []


def test_tests_are_no_packages() -> None:
    assert not list((HOUSE / "tests").rglob("__init__.py")), "one would shadow a package of ours"


def test_the_product_never_reaches_outside_its_own_folder() -> None:
    readers = [
        named(path) for path in sources(*PACKAGES) for text in texts(path) if "../shared" in text
    ]
    assert not readers
