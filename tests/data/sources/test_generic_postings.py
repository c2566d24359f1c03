"""Job boards' exports under the usual Chinese headers are read without a mapping of one's own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import MappingError
from data.ingest import ImportAccount, import_sources
from data.sources import RawTable, load_mapping, read_sources
from data.store import open_snapshot

NOW = datetime(2025, 9, 1, tzinfo=UTC)
HEADER = (
    "职位编号,职位名称,公司名称,工作地点,薪资,招聘人数,经验要求,"
    "学历要求,职位描述,技能标签,发布日期,是否中介"
)
EXPORT = f"""{HEADER}
0017,电焊工,云栖科技,杭州-滨江区,8-12K,2-3人,3-5年,大专及以上,负责焊接,"焊工证,电工证",2025-03-01,否
0018,护理员,仁爱,杭州,面议,若干,经验不限,学历不限,照护,,2025/3/2 10:15,是
0019,咖啡师,某馆,,,1,应届毕业生,本科/硕士,,"['拿铁', '拉花']",2025年3月3日,
"""


def imported(tmp_path: Path, text: str, name: str = "导出.csv") -> ImportAccount:
    (tmp_path / name).write_text(text, encoding="utf-8")
    mapping = load_mapping("generic_postings")
    return import_sources([tmp_path / name], tmp_path / "city", mapping=mapping, now=NOW)


def read(tmp_path: Path, text: str) -> RawTable:
    (tmp_path / "导出.csv").write_text(text, encoding="utf-8")
    (raw,) = read_sources([tmp_path / "导出.csv"], load_mapping("generic_postings"))
    return raw


def test_an_export_of_any_file_name_is_imported_whole(tmp_path: Path) -> None:
    account = imported(tmp_path, EXPORT).tables["postings"]
    assert (account.read, account.kept, account.quarantined) == (3, 3, 0)
    rows = open_snapshot(tmp_path / "city").read("postings").sort("posting_id").to_dicts()
    assert [row["posting_id"] for row in rows] == ["0017", "0018", "0019"]
    assert [row["headcount"] for row in rows] == [2, None, 1]
    assert [row["experience"] for row in rows] == ["3-5", "none", "none"]
    assert [row["education"] for row in rows] == ["associate", None, "bachelor"]
    assert [row["posted_on"].day for row in rows] == [1, 2, 3]
    assert [row["agency"] for row in rows] == [False, True, None]
    assert [row["tags"] for row in rows] == [["焊工证", "电工证"], [], ["拿铁", "拉花"]]
    assert {row["source"] for row in rows} == {"unnamed_board"}


def test_without_an_id_the_contents_make_one_that_stays(tmp_path: Path) -> None:
    text = "岗位名称,公司,发布日期\n焊工,甲,2025-03-01\n焊工,乙,2025-03-01\n"
    first, again = read(tmp_path, text).frame, read(tmp_path, text).frame
    assert first["posting_id"].n_unique() == 2
    assert first["posting_id"].to_list() == again["posting_id"].to_list()


def test_an_unreadable_date_costs_its_row_and_is_named(tmp_path: Path) -> None:
    account = imported(tmp_path, "职位,发布日期\n焊工,昨天\n钳工,2025-13-01\n车工,2025-03-01\n")
    postings = account.tables["postings"]
    assert (postings.read, postings.kept) == (3, 1)
    assert postings.rules == {"mapping_value": 2}


def test_a_file_without_titles_is_no_export_of_a_job_board(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="职位名称"):
        read(tmp_path, "公司,发布日期\n甲,2025-03-01\n")
