"""The shipped feeds on the data sets they were written for."""

from pathlib import Path

import pytest

from data.sources import RawTable, load_mappings, read_sources, shipped_feeds
from data.vocab import EDUCATION_LEVELS

DATASETS = Path(__file__).parents[3] / "../shared/datasets"


def read(name: str) -> dict[str, list[RawTable]]:
    if not (DATASETS / name).is_dir():
        pytest.skip(f"the data set {name} is not here")
    tables: dict[str, list[RawTable]] = {}
    for raw in read_sources([DATASETS / name], load_mappings(shipped_feeds())):
        tables.setdefault(raw.table, []).append(raw)
    return tables


def test_the_mooc_feed_reads_every_enrolment_course_and_learner() -> None:
    tables = read("mooccubex_gear")
    counts = {name: sum(raw.frame.height for raw in each) for name, each in tables.items()}
    assert counts == {
        "institutions": 393,
        "courses": 2297,
        "sections": 2297,
        "events": 867_796,
        "learners": 11_943,
    }
    assert sum(raw.rejected.height for each in tables.values() for raw in each) == 0


def test_hangzhou_postings_get_today_s_district_codes() -> None:
    (raw,) = read("jobs_zh_hangzhou_fe_2023")["postings"]
    codes = raw.frame["division_code"]
    assert raw.frame.height == 210
    assert codes.null_count() == 8
    assert (codes == "330110000000").sum() == 63
    assert raw.frame["posting_id"].n_unique() == 210


def test_postings_of_2019_leave_what_they_do_not_say_unknown() -> None:
    (raw,) = read("jobs_zh_bigdata_2019")["postings"]
    frame = raw.frame
    assert raw.read == frame.height == 4950
    by_area = dict(frame.group_by("area_text").agg("division_code").iter_rows())
    assert set(by_area["杭州-滨江区"]) == {"330108000000"}
    assert set(by_area["杭州-余杭区"]) == {None}
    assert set(by_area["上海"]) == {None}
    assert frame["headcount"].null_count() == 973 + 28
    assert (frame["education"] == "bachelor").sum() == 2208 + 411


def test_it_postings_found_by_several_search_words_are_one_posting() -> None:
    (raw,) = read("jobs_zh_it_2019")["postings"]
    frame = raw.frame
    assert frame.height == frame["posting_id"].n_unique() == 45_118
    assert raw.rejected.height == 0
    assert "49021 source rows hold 45118" in "".join(note.text_en for note in raw.notes)
    assert frame["salary_raw"].null_count() == 6638
    assert set(frame["education"].drop_nulls()) <= set(EDUCATION_LEVELS)


def test_lagou_postings_bring_the_platform_s_tags() -> None:
    (raw,) = read("jobs_zh_lagou_da_2019")["postings"]
    frame = raw.frame
    assert raw.read == frame.height == 1829
    assert frame["tags"].list.contains("SQL").sum() > 100
    assert not frame["tags"].explode().str.contains(r"[\[\]']").any()
    assert (frame["experience"] == "3-5").sum() > 500
