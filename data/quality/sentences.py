"""The sentences of rules that judge cells, keys and rows, in Chinese and English."""

from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """What is wrong and what is expected, for the clerk who sent the file."""

    zh: str
    en: str


CELL_RULES: Final[dict[str, Sentence]] = {
    "type": Sentence("不能读作{kind_zh}", "can't be read as {kind_en}"),
    "missing_column": Sentence(
        "文件缺少这一必填列，应为{kind_zh}", "the file lacks this column; it must hold {kind_en}"
    ),
    "not_finite": Sentence(
        "是 NaN 或无穷大，应为有限的数，未知请留空",
        "is NaN or infinite; give a finite number, or leave it empty where unknown",
    ),
    "vocabulary": Sentence("不是允许的取值，应为：{values}", "must be one of: {values}"),
    "number_as_id": Sentence(
        "编号曾被当作数字保存（可能丢失前导零或末位），请按文本重新导出",
        "an id that passed through a number (leading zeros or last digits may be lost);"
        " export the column again as text",
    ),
    "division_format": Sentence(
        "区划代码应为 12 位数字（6 位或 9 位将补零）",
        "a division code has 12 digits (6 or 9 are padded with zeros)",
    ),
    "unknown_district": Sentence(
        "区划代码不属于本市 13 个区、县（市）",
        "the division code lies in none of the city's thirteen districts",
    ),
    "ambiguous_division": Sentence(
        "旧区划代码现分属多个区，无法确定归属，请改用现行代码",
        "an old division code whose land is in more than one division now; give the code in force",
    ),
    "mixed_date_format": Sentence(
        "日期写法与本列多数行不同，请统一为 YYYY-MM-DD",
        "the date is written unlike most of its column; write all of them YYYY-MM-DD",
    ),
    "date_out_of_range": Sentence(
        "日期早于 1900 年或晚于导入时刻之后 10 年",
        "the date lies before 1900 or more than ten years after this import",
    ),
    "naive_time": Sentence(
        "时间缺少时区，应如 2025-09-01T09:00:00+08:00，或在映射文件中给出 time_zone",
        "the time lacks its offset; write 2025-09-01T09:00:00+08:00, or give the mapping a"
        " time_zone",
    ),
    "duplicate_key": Sentence(
        "与前面某行的主键（{keys}）重复，保留第一行",
        "repeats the key ({keys}) of an earlier row; the first one is kept",
    ),
}
"""Rules of cells and keys; ``column`` leads each sentence where one is at fault."""

ROW_RULES: Final[dict[str, Sentence]] = {
    "elders_within_population": Sentence(
        "60 岁以上人口不能多于总人口", "population_60plus must be at most population"
    ),
    "validity_in_order": Sentence(
        "生效日期不能晚于失效日期", "valid_from may not be after valid_to"
    ),
    "ages_in_order": Sentence("最小年龄不能大于最大年龄", "age_min must be at most age_max"),
    "not_its_own_prerequisite": Sentence(
        "课程不能以自己为先修课", "a course can't be its own prerequisite"
    ),
    "venue_unless_online": Sentence(
        "只有线上班次可以没有教学点", "venue_id may be empty only for an online section"
    ),
    "term_dates_in_order": Sentence(
        "开课日期不能晚于结课日期", "starts_on may not be after ends_on"
    ),
    "window_in_order": Sentence(
        "报名开始必须早于报名截止", "apply_opens_at must be before apply_closes_at"
    ),
    "window_before_end": Sentence(
        "报名开始不能晚于结课日期", "applications must open no later than the section's last day"
    ),
    "enrolled_within_capacity": Sentence(
        "已录取人数不能超过容量（摇号班报名期间除外）",
        "enrolled must be at most capacity, except while a lottery is taking applications",
    ),
    "subsidy_within_price": Sentence("补贴不能高于价格", "subsidy_fen must be at most price_fen"),
    "minimum_within_capacity": Sentence(
        "最低开班人数不能超过容量", "min_to_open must be at most capacity"
    ),
    "refreshed_after_posted": Sentence(
        "刷新日期不能早于发布日期", "refreshed_on may not be before posted_on"
    ),
    "closed_after_posted": Sentence(
        "关闭日期不能早于发布日期", "closed_on may not be before posted_on"
    ),
    "exactly_one_kind": Sentence(
        "职业编码与技能编号必须且只能填一个",
        "exactly one of occupation_code and skill_id must be given",
    ),
    "month_is_a_first": Sentence(
        "月份应写作当月第一天，如 2025-07-01", "month must be the first day of a month: 2025-07-01"
    ),
    "home_is_a_point": Sentence(
        "居住地经纬度必须同时填写或同时留空",
        "home_lon and home_lat must both be given or both be empty",
    ),
    "work_is_a_point": Sentence(
        "工作地经纬度必须同时填写或同时留空",
        "work_lon and work_lat must both be given or both be empty",
    ),
    "value_suits_type": Sentence(
        "评分应为 1 到 5，到课比例应为 0 到 1",
        "value must be 1 to 5 for a rating and 0 to 1 for attendance",
    ),
}
"""Rules over several columns of one row, by the name they have in the contracts."""

VALUE_RULES: Final[dict[str, Sentence]] = {
    "nullability": Sentence("必填，不能为空；应为{kind_zh}", "must be given; it holds {kind_en}"),
    "inner_nullability": Sentence("列表成员不能为空", "no member of the list may be empty"),
    "inner_min_length": Sentence("列表成员不能是空文本", "no member of the list may be empty text"),
    "inner_regex": Sentence(
        "时段应写作星期 1-7 加 M/A/E，如 3E",
        "slots are a weekday 1-7 and M, A or E, such as 3E",
    ),
    "min": Sentence("不能小于 {min}", "must be at least {min}"),
    "max": Sentence("不能大于 {max}", "must be at most {max}"),
    "min_exclusive": Sentence("必须大于 {min_exclusive}", "must be greater than {min_exclusive}"),
    "max_exclusive": Sentence("必须小于 {max_exclusive}", "must be less than {max_exclusive}"),
    "min_length": Sentence("至少 {min_length} 个字节", "must have at least {min_length} bytes"),
    "max_length": Sentence("最多 {max_length} 个字节", "must have at most {max_length} bytes"),
    "regex": Sentence(
        "编号前后不能有空格，也不能含控制字符",
        "an id has no surrounding spaces and no control characters",
    ),
    "nan": Sentence("不能是 NaN", "must not be NaN"),
    "inf": Sentence("不能是无穷大", "must be finite"),
}
"""Rules that the contracts derive from a column's definition: the part after ``column|``."""
