"""Places in advertisements: what is told becomes a code, what isn't stays unknown."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.quality.divisions import DISTRICTS, MERGED, RENAMED, read_code
from features.postings.area import CITY, UNKNOWN, Area, AreaReader
from features.postings.places import elsewhere, places

READER = AreaReader()
ELSEWHERE = Area(None, elsewhere=True)


def district(text: str, *, before_2021: bool = False) -> str | None:
    code = READER.read(text, before_2021=before_2021).division_code
    return code[:6] if code else None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杭州-滨江区", "330108"),
        ("杭州·西湖区·文三路", "330106"),
        ("浙江省杭州市余杭区文一西路969号", "330110"),
        ("杭州市上城区", "330102"),
        ("西湖", "330106"),
        ("桐庐县", "330122"),
        ("杭州 萧山区 北干街道", "330109"),
        ("杭州-未来科技城", "330110"),
        ("杭州-钱江新城", "330102"),
        ("杭州-武林", "330105"),
        ("杭州-下沙", "330114"),
        ("杭州-城西银泰", "330105"),
        ("滨江高新", "330108"),
        ("杭州高新区(滨江)", "330108"),
        ("淳安县千岛湖镇", "330127"),
        ("杭州西湖文三路", "330106"),
    ],
)
def test_districts_nicknames_and_business_areas_become_codes(text: str, code: str) -> None:
    assert READER.read(text) == Area(f"{code}000000", elsewhere=False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杭州-下城区", "330105"),
        ("杭州-富阳市", "330111"),
        ("临安市", "330112"),
        ("杭州-钱塘新区", "330114"),
        ("杭州-大江东", "330114"),
        ("余杭区临平", "330113"),
        ("杭州-余杭区-乔司", "330113"),
        ("杭州-江干区-下沙", "330114"),
        ("杭州-江干区-钱江新城", "330102"),
        ("杭州经济技术开发区", "330114"),
    ],
)
def test_names_of_old_are_read_as_the_district_in_force(text: str, code: str) -> None:
    assert READER.read(text) == Area(f"{code}000000", elsewhere=False)


@pytest.mark.parametrize(
    "text", ["杭州-江干区", "杭州", "杭州市", "杭州-高新区", "余杭市", "西湖区/滨江区", "杭州-火星"]
)
def test_what_several_districts_share_is_left_at_the_city(text: str) -> None:
    assert READER.read(text) == Area(CITY, elsewhere=False)


def test_old_yuhang_is_ambiguous_until_another_name_tells_the_part() -> None:
    assert READER.read("杭州-余杭区", before_2021=True) == Area(CITY, elsewhere=False)
    assert district("杭州-余杭区") == "330110"
    assert district("杭州-余杭区-仓前", before_2021=True) == "330110"
    assert district("杭州-余杭-临平", before_2021=True) == "330113"
    assert district("杭州-萧山区", before_2021=True) == "330109"
    assert district("杭州-萧山区-大江东", before_2021=True) == "330114"


@pytest.mark.parametrize(
    "text",
    [
        "上海",
        "上海-浦东新区",
        "南昌-西湖区",
        "宁波-杭州湾新区",
        "浙江-宁波",
        "上海市杨浦区杭州路",
        "江苏省",
    ],
)
def test_other_cities_are_elsewhere_whatever_their_streets_and_districts_are_called(
    text: str,
) -> None:
    assert READER.read(text) == ELSEWHERE


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "N/A",
        "全国",
        "远程",
        "浙江",
        "未来科技城",
        "武林",
        "西湖大道1号",
        "中山北路",
        "杭州/上海",
        "西湖区/上海",
        "??",
    ],
)
def test_what_is_not_told_stays_unknown(text: str) -> None:
    assert READER.read(text) == UNKNOWN


def test_a_name_inside_a_street_s_name_is_no_place() -> None:
    assert READER.read("杭州-西湖银行大厦") == Area(CITY, elsewhere=False)
    assert district("杭州-上城区-上海银行大厦") == "330102"
    assert READER.read("杭州-余杭塘上") == Area(CITY, elsewhere=False)
    assert district("杭州萧山区杭州湾信息港D座") == "330109"
    assert district("杭州余杭区美国中心T4") == "330110"


def test_towns_of_the_divisions_table_give_deeper_codes() -> None:
    towns = pl.DataFrame(
        {
            "division_code": ["330114002000", "330106109000", "330113001000", "330110009000"],
            "name": ["白杨街道", "三墩镇", "新街道", "新街道"],
            "level": ["town"] * 4,
            "valid_to": [None] * 4,
        },
        schema_overrides={"valid_to": pl.Date},
    )
    reader = AreaReader(towns)
    assert reader.read("杭州-钱塘区-白杨街道").division_code == "330114002000"
    assert reader.read("杭州-江干区-白杨街道", before_2021=True).division_code == "330114002000"
    assert reader.read("杭州市西湖区三墩镇").division_code == "330106109000"
    assert reader.read("杭州-新街道").division_code == CITY
    assert reader.read("杭州-临平区-新街道").division_code == "330113001000"
    assert READER.read("杭州市西湖区三墩镇").division_code == "330106000000"


def test_every_district_of_today_has_its_name_and_no_place_is_in_another_city() -> None:
    told = {code for place in places().values() if place.is_district for code in place.districts}
    assert told == set(DISTRICTS)
    known = {code for place in places().values() for code in place.districts | place.before_2021}
    assert known == set(DISTRICTS)


def test_old_names_and_old_codes_agree() -> None:
    names = {"330103": "下城区", "330183": "富阳市", "330185": "临安市"}
    assert set(names) == {*RENAMED, *MERGED}
    for code, name in names.items():
        assert READER.read(f"杭州-{name}").division_code == read_code(code).code


@given(st.sampled_from(sorted(elsewhere())), st.sampled_from(sorted(places())))
def test_a_place_after_another_city_is_never_taken_for_ours(city: str, place: str) -> None:
    assert READER.read(f"{city}-{place}").division_code is None or city in places()


@given(st.text(alphabet="杭州市西湖区余滨江上城下沙-·/ 路大道上海1", max_size=14), st.booleans())
def test_any_text_gives_a_code_of_the_city_or_none(text: str, before_2021: bool) -> None:
    area = READER.read(text, before_2021=before_2021)
    assert area.division_code is None or area.division_code[:6] in {*DISTRICTS, "330100"}
    assert (area.division_code is not None) == (area.elsewhere is False)


def test_no_address_of_a_real_board_is_put_in_another_district() -> None:
    path = Path(__file__).parents[3] / "../shared/datasets/jobs_zh_hangzhou_fe_2023/jobs.parquet"
    if not path.is_file():
        pytest.skip("the data set jobs_zh_hangzhou_fe_2023 is not here")
    rows = pl.read_parquet(path, columns=["address", "areaDistrict"]).drop_nulls()
    read = [(district(address), district(own)) for address, own in rows.iter_rows()]
    found = [pair for pair in read if pair[0] not in {None, "330100"}]
    assert len(found) >= 0.9 * len(read)
    assert [pair for pair in found if pair[0] != pair[1]] == []


def test_endless_texts_are_read_by_their_front() -> None:
    assert district("杭州-西湖区" + "西湖" * 50_000) == "330106"
    assert READER.read("?" * 100_000) == UNKNOWN
