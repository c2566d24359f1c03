"""Mapping files: a foreign feed's columns become the contracts' without code."""

import hashlib
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import MappingError
from data.sources import Mapping, RawTable, load_mapping, load_mappings, read_sources, shipped_feeds
from data.sources.raw import NUMBER_MARK, ROW
from data.tables import TABLES

Rule = MappingOf[str, Any]

TABLE = 'name="m"\nabout="a"\n[[table]]\nfiles="f"\ntable="courses"\n'
"""A mapping's text but for its columns."""


def mapping_of(table: str, columns: MappingOf[str, Any], **more: Any) -> Mapping:
    rule = {"table": table, "files": "feed.*", "columns": columns, **more}
    return Mapping.model_validate({"name": "m", "about": "a", "table": [rule]})


def made(folder: Path, source: pl.DataFrame, table: str, columns: Rule, **more: Any) -> RawTable:
    source.write_parquet(folder / "feed.parquet")
    (raw,) = read_sources([folder / "feed.parquet"], mapping_of(table, columns, **more))
    return raw


def column(folder: Path, values: list[Any], rule: Rule, table: str = "postings") -> list[Any]:
    source = pl.DataFrame({"x": values}, strict=False)
    raw = made(folder, source, table, {"description": {"from": "x", **rule}})
    return raw.frame["description"].to_list()


def test_a_number_becomes_an_id_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    source = pl.DataFrame({"user": [7]})
    ids = {"learner_id": {"from": "user", "as_text": True}, "occupation_code": "user"}
    raw = made(tmp_path, source, "learners", ids)
    assert raw.frame["learner_id"].to_list() == ["7"]
    assert raw.frame.schema["occupation_code"] == pl.Int64


def test_a_template_over_numbers_is_marked_unless_they_may_be_text(tmp_path: Path) -> None:
    source = pl.DataFrame({"user": [7, None], "item": ["a", "b"]})
    templates = {
        "event_id": {"template": "e-{user}-{item}", "as_text": True},
        "learner_id": {"template": "l-{user}"},
        "course_id": {"template": "c-{item}"},
    }
    raw = made(tmp_path, source, "events", templates)
    assert raw.frame["event_id"].to_list() == ["e-7-a", None]
    assert raw.frame["learner_id"].to_list() == [f"{NUMBER_MARK}l-7", None]
    assert raw.frame["course_id"].to_list() == ["c-a", "c-b"]


def test_the_mark_of_a_number_leads_a_template_over_text_files(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text('{"user": 7, "item": "a"}\n')
    rules = {"event_id": {"template": "e-{user}-{item}"}, "learner_id": "user"}
    (raw,) = read_sources([tmp_path], mapping_of("events", rules))
    assert raw.frame["event_id"].to_list() == [f"{NUMBER_MARK}e-7-a"]
    assert raw.frame["learner_id"].to_list() == [f"{NUMBER_MARK}7"]
    allowed = {name: {"from": "user", "as_text": True} for name in ("event_id", "learner_id")}
    (raw,) = read_sources([tmp_path], mapping_of("events", allowed))
    assert raw.frame["learner_id"].to_list() == ["7"]


def test_a_value_without_a_counterpart_costs_its_row(tmp_path: Path) -> None:
    source = pl.DataFrame({"g": ["F", "X", None, "M"]})
    values = {"gender": {"from": "g", "values": {"F": "female", "M": "male"}}}
    raw = made(tmp_path, source, "learners", values)
    assert raw.frame["gender"].to_list() == ["female", None, "male"]
    (refused,) = raw.rejected.to_dicts()
    assert (refused["row"], refused["rule"], refused["column"]) == (2, "mapping_value", "gender")
    assert refused["raw"] == '{"g":"X"}'
    assert raw.read == 4


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"pattern": "招([0-9]+)人", "unmatched": "null"}, ["3", None, None]),
        ({"pattern": "招([0-9]+)人", "unmatched": "keep"}, ["3", "若干", None]),
        ({"pattern": "招([0-9]+)人", "unmatched": "null", "default": 1}, ["3", "1", "1"]),
        ({"values": {"若干": "many"}, "unmatched": "keep"}, ["招3人", "many", None]),
    ],
)
def test_what_a_step_cannot_turn_is_null_kept_or_given_a_default(
    tmp_path: Path, rule: Rule, expected: list[str | None]
) -> None:
    assert column(tmp_path, ["招3人", "若干", None], rule) == expected


def test_the_first_source_that_survives_the_steps_stands(tmp_path: Path) -> None:
    source = pl.DataFrame({"a": ["本科", "英语", "英语"], "b": ["3年", "大专", "无"]})
    values = {"本科": "bachelor", "大专": "associate"}
    rule = {"education": {"from": ["a", "b"], "values": values}}
    raw = made(tmp_path, source, "postings", rule)
    assert raw.frame["education"].to_list() == ["bachelor", "associate"]
    assert raw.rejected["row"].to_list() == [3]


def test_dates_are_read_in_the_named_format_only(tmp_path: Path) -> None:
    rule = {"date_format": "%m-%d", "year": 2019, "unmatched": "null"}
    given_dates = ["09-14", "2-30", "02-29", "14.9."]
    assert column(tmp_path, given_dates, rule) == ["2019-09-14", None, None, None]
    leap = {**rule, "year": 2020}
    assert column(tmp_path, ["02-29"], leap) == ["2020-02-29"]


@given(fen=st.integers(0, 10**9))
@settings(deadline=None)
def test_yuan_become_fen_exactly(tmp_path_factory: pytest.TempPathFactory, fen: int) -> None:
    yuan = f"{fen // 100}.{fen % 100:02d}"
    assert column(tmp_path_factory.mktemp("m"), [yuan], {"multiply": 100}) == [str(fen)]


def test_a_broken_fen_is_not_rounded(tmp_path: Path) -> None:
    yuan = {"multiply": 100, "unmatched": "null"}
    assert column(tmp_path, ["19.995", "1,000", "abc"], yuan) == ["1999.5", None, None]
    assert column(tmp_path, [19.99, 20.0], yuan) == ["1999", "2000"]


def test_lists_are_split_and_members_picked(tmp_path: Path) -> None:
    assert column(tmp_path, ["a、 b、", None], {"split": "、"}) == [["a", "b"], None]
    assert column(tmp_path, ["a/b", None], {"split": "/", "item": 0}) == ["a", None]
    assert column(tmp_path, [["x", "y"], []], {"item": 1}) == ["y", None]
    assert column(tmp_path, ['["x", "y"]', "[]", "no"], {"item": 0}) == ["x", None, None]


def test_quotes_of_a_written_list_come_off_its_parts(tmp_path: Path) -> None:
    texts = ["['数据分析', 'SQL']", "[]", None]
    split = {"split": ",", "strip": "[]'"}
    assert column(tmp_path, texts, split) == [["数据分析", "SQL"], [], None]
    assert column(tmp_path, texts, split | {"default": ["x"]})[2] == ["x"]


def test_of_several_date_formats_the_one_that_reads_a_date_stands(tmp_path: Path) -> None:
    dates = ["2024-03-01", "2024年3月2日", None]
    formats = {"date_format": ["%Y-%m-%d", "%Y年%m月%d日"]}
    assert column(tmp_path, dates, formats) == ["2024-03-01", "2024-03-02", None]
    source = pl.DataFrame({"x": ["01/03/2024"]})
    raw = made(tmp_path, source, "postings", {"posted_on": {"from": "x", **formats}})
    assert raw.rejected["rule"].to_list() == ["mapping_value"]


def test_a_hash_behind_a_column_makes_the_ids_that_it_lacks(tmp_path: Path) -> None:
    source = pl.DataFrame({"id": ["a", None, None], "title": ["x", "y", "y"]})
    raw = made(tmp_path, source, "postings", {"posting_id": {"from": "id", "hash": ["title"]}})
    first, *hashed = raw.frame["posting_id"].to_list()
    assert first == "a"
    assert len(set(hashed)) == 1
    assert len(hashed[0]) == 32


def test_optional_columns_that_a_file_lacks_are_passed_over(tmp_path: Path) -> None:
    columns: Rule = {
        "title": {"from": ["职位", "岗位"], "optional": True},
        "company": {"from": ["公司", "企业"], "optional": True},
        "source": {"from": ["来源"], "optional": True, "default": "board"},
    }
    raw = made(tmp_path, pl.DataFrame({"岗位": ["焊工"]}), "postings", columns)
    assert raw.frame.drop(ROW).to_dicts() == [{"title": "焊工", "source": "board"}]


def test_a_required_column_needs_one_of_its_optional_sources(tmp_path: Path) -> None:
    columns: Rule = {"title": {"from": ["职位", "岗位"], "optional": True}}
    with pytest.raises(MappingError, match=r"职位.*岗位.*lacks; it has \['公司'\]"):
        made(tmp_path, pl.DataFrame({"公司": ["甲"]}), "postings", columns)


def test_a_hash_depends_on_contents_alone(tmp_path: Path) -> None:
    source = pl.DataFrame(
        {"a": ["x", "x", "xy", None], "b": ["y", "y", "", "y"], "c": [1, 2, 3, 4]}
    )
    raw = made(tmp_path, source, "postings", {"posting_id": {"hash": ["a", "b"]}})
    ids = raw.frame["posting_id"].to_list()
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert ids[0] == hashlib.blake2b(b"x\x1fy", digest_size=16).hexdigest()


def test_rows_that_say_the_same_are_one_entity_and_contradictions_are_refused(
    tmp_path: Path,
) -> None:
    source = pl.DataFrame({"id": ["a", "a", "b", "a"], "n": ["甲", "甲", "乙", "丙"]})
    names = {"institution_id": "id", "name": "n"}
    raw = made(tmp_path, source, "institutions", names, distinct=["institution_id"])
    assert raw.frame.drop(ROW).rows() == [("a", "甲"), ("b", "乙")]
    assert raw.rejected["rule"].to_list() == ["distinct_conflict"]
    assert raw.rejected["row"].to_list() == [4]
    assert "distinct" in {note.kind for note in raw.notes}


def test_one_file_feeds_several_tables_and_constants_are_noted(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a"]}).write_parquet(tmp_path / "feed.parquet")
    mode: Rule = {
        "section_id": "id",
        "mode": {"constant": "online_recorded"},
        "slots": {"constant": []},
    }
    rules: list[Rule] = [
        {"table": "courses", "files": "feed.*", "columns": {"course_id": "id"}},
        {"table": "sections", "files": "feed.*", "columns": mode},
    ]
    mapping = Mapping.model_validate({"name": "m", "about": "a", "table": rules})
    courses, sections = read_sources([tmp_path], mapping)
    assert (courses.table, sections.table) == ("courses", "sections")
    assert sections.frame.drop(ROW).rows() == [("a", "online_recorded", "[]")]
    constants = next(note for note in sections.notes if note.kind == "constant")
    assert "mode = online_recorded" in constants.text_en


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("table = 1", "name"),
        ("name = [", "TOML"),
        (TABLE.replace("courses", "lessons") + "columns={}", "course_skills"),
        (TABLE + 'columns={hour="h"}', "hours"),
        (TABLE + 'columns={layer={constant="basic"}}', "intro, advanced, premium"),
        (TABLE + "columns={title={}}", "exactly one of"),
        (TABLE + 'columns={title={from="t",year=2019}}', "date_format is missing"),
        (TABLE + 'columns={title={from="t",colour="red"}}', "colour"),
        (TABLE + 'columns={title={from="t",strip="[]"}}', "split is missing"),
        (TABLE + 'columns={title={constant="t",optional=true}}', "optional"),
        (TABLE + 'columns={title={from="t",template="{t}"}}', "exactly one of"),
        (TABLE + 'columns={title={from="t",pattern="("}}', "pattern"),
        (TABLE + 'columns={title={from="t",pattern="a"}}', "pattern"),
        (TABLE + 'columns={title={template="{}"}}', "braces"),
        (TABLE + 'columns={title={template="{t"}}', "template"),
        ('name="m"\nabout="a"\ntime_zone="Mars"', "Asia/Shanghai"),
    ],
)
def test_a_mapping_that_names_what_does_not_exist_says_what_does(
    tmp_path: Path, text: str, expected: str
) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=expected):
        load_mapping(path)


def test_a_step_that_does_not_suit_its_column_is_an_error_of_the_mapping(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"feed\.parquet.*postings"):
        column(tmp_path, [["a"], ["b"]], {"pattern": "(a)"})


def test_numbers_go_through_value_maps_as_text(tmp_path: Path) -> None:
    assert column(tmp_path, [1, 2], {"values": {"1": "男", "2": "女"}}) == ["男", "女"]


def test_dictionary_columns_are_text(tmp_path: Path) -> None:
    source = pl.DataFrame({"x": ["a", "b"], "y": ["a", "b"]}).with_columns(
        pl.col("x").cast(pl.Categorical), pl.col("y").cast(pl.Enum(["a", "b"]))
    )
    raw = made(tmp_path, source, "postings", {"title": "x", "company": {"template": "{y}"}})
    assert raw.frame.drop(ROW).rows() == [("a", "a"), ("b", "b")]


def test_the_documented_example_is_a_valid_mapping(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
    path = tmp_path / "m.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert load_mapping(path).tables[0].sheet == "秋季"


def test_an_unknown_feed_lists_the_shipped_ones() -> None:
    with pytest.raises(MappingError, match="mooccubex_gear"):
        load_mapping("no_such_feed")


def test_several_mappings_join_in_order() -> None:
    joined = load_mappings(shipped_feeds())
    assert joined is not None
    assert len(joined.tables) == sum(len(load_mapping(name).tables) for name in shipped_feeds())
    assert load_mappings([]) is None
    assert load_mappings(["mooccubex_gear"]) == load_mapping("mooccubex_gear")


@pytest.mark.parametrize("feed", shipped_feeds())
def test_a_shipped_feed_gives_every_column_its_contract_requires(feed: str) -> None:
    for rule in load_mapping(feed).tables:
        contract = TABLES[rule.table].columns()
        required = {name for name, definition in contract.items() if not definition.nullable}
        assert required - set(rule.columns) == set()
