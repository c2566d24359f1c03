"""The dictionary: every contract name has Chinese words, and each word means one thing."""

import re
from collections import Counter

import pytest

from data.errors import MappingError
from data.glossary import (
    chinese_headers,
    chinese_tables,
    chinese_values,
    comparable,
    glossary_rows,
    label_zh,
    table_names,
    vocabulary_of,
)
from data.tables import TABLES

COLUMNS = [(table, column) for table in TABLES for column in TABLES[table].column_names()]
CLOSED = [(table, column) for table, column in COLUMNS if vocabulary_of(table, column)]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_chinese_header_that_means_nothing_else_in_its_table(table: str) -> None:
    rows = [row for row in glossary_rows() if row.table == table]
    words = Counter(comparable(word) for row in rows for word in row.words)
    assert {row.name for row in rows} == set(TABLES[table].column_names())
    assert all(row.words for row in rows)
    assert [word for word, count in words.items() if count > 1] == []
    assert set(chinese_headers(table).values()) == set(TABLES[table].column_names())


@pytest.mark.parametrize(("table", "column"), CLOSED)
def test_every_vocabulary_value_has_chinese_words_that_mean_nothing_else(
    table: str, column: str
) -> None:
    section = vocabulary_of(table, column)
    rows = [row for row in glossary_rows() if row.name.startswith(f"{section}.")]
    words = Counter(word for row in rows for word in row.words)
    assert max(words.values()) == 1
    assert set(chinese_values(table, column).values()) == _values(table, column)


def _values(table: str, column: str) -> set[str]:
    dtype = TABLES[table].columns()[column].dtype
    inner = getattr(dtype, "inner", dtype)
    return set(getattr(inner, "categories", ("true", "false")))


def test_no_chinese_table_name_means_two_tables() -> None:
    names = [comparable(word) for table in TABLES for word in table_names(table)]
    assert len(names) == len(set(names))
    assert set(chinese_tables().values()) == set(TABLES)


def test_every_shown_word_is_chinese() -> None:
    shown = [row.words[0] for row in glossary_rows()]
    assert [word for word in shown if not re.search(r"[\u4e00-\u9fff√]", word)] == []


def test_a_yuan_header_is_not_taken_for_fen() -> None:
    assert comparable("价格（元）") not in chinese_headers("sections")
    assert chinese_headers("sections")[comparable("价格（分）")] == "price_fen"


def test_labels_are_looked_up_in_the_table_they_stand_in() -> None:
    assert label_zh("night_school") == "青年夜校"
    assert label_zh("name", table="venues") == "教学点名称"
    assert label_zh("name", table="skills") == "技能名称"
    assert label_zh("true", table="sections") == "是"
    assert label_zh("sections") == "班次"
    assert label_zh("no_such_name") == "no_such_name"


def test_a_column_without_a_closed_vocabulary_has_no_words() -> None:
    assert chinese_values("courses", "title") == {}
    assert chinese_values("learners", "needs")["手语"] == "sign_language"


def test_an_unknown_table_or_column_lists_the_known_ones() -> None:
    with pytest.raises(MappingError, match="courses"):
        chinese_headers("lessons")
    with pytest.raises(MappingError, match="course_id"):
        chinese_values("courses", "mood")
