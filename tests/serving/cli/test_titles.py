"""A planner reads every column of every planner's table by a Chinese name."""

import re
from collections.abc import Iterable
from typing import Final

import pytest

from data.cli.titles import COVERAGE, TITLES, titled
from features.demand import table as demand
from recsys.planning import circles
from recsys.planning.gaps import table as gaps
from recsys.planning.indicators import table as targets
from recsys.planning.interest import pressure
from recsys.planning.interest import table as interest
from recsys.planning.interest.levels import LEVEL_COLUMNS
from recsys.planning.opening import report as plan
from recsys.planning.siting import advice, micro

CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")

TABLES: Final[dict[str, Iterable[str]]] = {
    "demand": (*demand.COLUMNS, "ahead", "median"),
    "evidence of demand": ("month", "division_code", "skill_id", "posting_id", "vacancy_id",
                           "counted"),
    "gaps": gaps.COLUMNS,
    "evidence of gaps": ("division_code", "skill_id", "posting_id", "month"),
    "coverage": circles.COLUMNS,
    "targets": targets.SCHEMA,
    "matching": ("division_code", "programme", "degree", "demand", "seats", "persons"),
    "interest": (*interest.BY, *interest.OF_RESIDENTS, *LEVEL_COLUMNS, *interest.PEOPLE,
                 *interest.OF_SEATS),
    "pressure": pressure.PRESSURE,
    "plan": plan.COLUMNS,
    "site-advice": advice.COLUMNS,
    "micro-spaces": micro.COLUMNS,
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_a_planner_s_table_has_a_chinese_title(table: str) -> None:
    assert [name for name in TABLES[table] if not CHINESE.search(TITLES.get(name, ""))] == []


def test_titles_of_one_table_tell_its_columns_apart() -> None:
    for table, names in TABLES.items():
        own = {**TITLES, **(COVERAGE if table == "coverage" else {})}
        told = [own[name] for name in dict.fromkeys(names)]
        assert len(set(told)) == len(told), table


def test_a_row_is_shown_under_its_titles_and_other_columns_under_their_names() -> None:
    assert titled({"cost": 3.0, "else": 1}) == {"费用（元）": 3.0, "else": 1}
