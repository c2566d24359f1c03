"""What columns and values are called in reports, in Chinese and English, and how they are shown."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from data.glossary import label_zh
from data.vocab import CATEGORIES, PROGRAMMES
from recsys.planning.pilots.outcomes import OUTCOMES

Lang = Literal["zh", "en"]
Kind = Literal["text", "count", "number", "share", "signed", "points", "p", "flag"]


class Label(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str

    def of(self, lang: Lang) -> str:
        """In one of them."""
        return self.zh if lang == "zh" else self.en


class Word(NamedTuple):
    """A column's name, and how its values are shown."""

    zh: str
    en: str
    kind: Kind = "text"

    def of(self, lang: Lang) -> str:
        """The name in one language."""
        return self.zh if lang == "zh" else self.en


COLUMNS: Final[Mapping[str, Word]] = {
    "division_code": Word("区划代码", "division code"),
    "name": Word("名称", "name"),
    "division": Word("区划", "division"),
    "district": Word("区县", "district"),
    "town": Word("镇街", "town"),
    "term": Word("学期", "term"),
    "month": Word("月份", "month"),
    "programme": Word("办学类型", "programme"),
    "category": Word("课程分类", "category"),
    "age_band": Word("年龄段", "age"),
    "slot": Word("时段", "slot"),
    "sections": Word("班次", "sections", "count"),
    "seats": Word("学位", "seats", "count"),
    "applied": Word("报名人次", "applications", "count"),
    "enrolled": Word("入学人次", "enrolments", "count"),
    "given": Word("应结业人次", "due to complete", "count"),
    "completed": Word("结业人次", "completions", "count"),
    "fill_rate": Word("满班率", "fill rate", "share"),
    "fill_rate_before": Word("上学期满班率", "fill rate, term before", "share"),
    "applications_per_seat": Word("每学位报名人次", "applications per seat", "number"),
    "completion_rate": Word("完课率", "completion rate", "share"),
    "suppressed": Word("有数字不公布", "held back", "flag"),
    # gaps
    "rank": Word("排名", "rank", "count"),
    "skill_id": Word("技能编号", "skill id"),
    "skill": Word("技能", "skill"),
    "need": Word("每月需求人数", "wanted a month", "number"),
    "need_low": Word("需求下限", "wanted, low", "number"),
    "need_high": Word("需求上限", "wanted, high", "number"),
    "seekers": Word("求职人数", "jobseekers", "number"),
    "own": Word("本区结业", "own completers", "number"),
    "reachable": Word("邻区可及结业", "completers in reach", "number"),
    "online": Word("线上结业", "online completers", "number"),
    "gap": Word("每月缺口人数", "gap a month", "number"),
    "gap_low": Word("缺口下限（5%）", "gap, 5 %", "number"),
    "gap_high": Word("缺口上限（95%）", "gap, 95 %", "number"),
    "probability": Word("紧缺概率", "probability", "share"),
    "found": Word("认定紧缺", "found short", "flag"),
    "cause": Word("成因", "cause"),
    "evidence": Word("依据岗位数", "postings behind", "count"),
    # circles
    "level": Word("层级", "level"),
    "area": Word("城乡", "area"),
    "circle": Word("学习圈", "circle"),
    "limit_min": Word("时限（分钟）", "minutes", "number"),
    "band": Word("人群", "people"),
    "persons": Word("人数", "persons", "count"),
    "covered": Word("圈内人数", "inside", "count"),
    "uncovered": Word("圈外人数", "outside", "count"),
    "share": Word("覆盖率", "share inside", "share"),
    "nearest_min": Word("最近教学点（分钟）", "nearest, minutes", "number"),
    # targets
    "target_id": Word("目标编号", "target id"),
    "indicator": Word("指标", "indicator"),
    "clause": Word("目标", "target"),
    "value": Word("现值", "value", "number"),
    "target": Word("目标值", "target value", "number"),
    "unit": Word("单位", "unit"),
    "numerator": Word("分子", "numerator", "number"),
    "denominator": Word("分母", "denominator", "number"),
    "definition_version": Word("定义版本", "definition"),
    "due_on": Word("期限", "due"),
    "status": Word("状态", "status"),
    "expected": Word("按进度应达", "expected by now", "number"),
    "missing": Word("缺什么", "what is lacking"),
    "missing_en": Word("缺什么（英文）", "what is lacking"),
    "definition": Word("定义", "definition"),
    "trend": Word("走势", "trend", "signed"),
    # interest
    "applications": Word("报名人次", "applications", "count"),
    "admitted": Word("录取人次", "admitted", "count"),
    "lost": Word("未能入学人次", "not admitted", "count"),
    "pending": Word("等待结果人次", "waiting", "count"),
    "wanted": Word("想学未得人数", "wanted, not got", "number"),
    "wanted_low": Word("想学未得下限", "wanted, low", "number"),
    "wanted_high": Word("想学未得上限", "wanted, high", "number"),
    "per_seat": Word("每学位报名人次", "applications per seat", "number"),
    # plan
    "course_id": Word("课程编号", "course id"),
    "title": Word("课程", "course"),
    "venue_id": Word("教学点编号", "venue id"),
    "venue_name": Word("教学点", "venue"),
    "slots": Word("时段", "slots"),
    "capacity": Word("学位", "seats", "count"),
    "learners": Word("人数", "learners", "number"),
    "cost": Word("费用（元）", "cost, yuan", "number"),
    "unit_cost": Word("单位成本（元）", "unit cost, yuan", "number"),
    "gap_closed": Word("弥补缺口人数", "gap closed", "number"),
    "residents_in_circle": Word("圈内居民", "residents in the circle", "count"),
    "applicants": Word("预计报名人数", "expected applicants", "number"),
    "applicants_low": Word("预计报名下限", "applicants, low", "number"),
    "applicants_high": Word("预计报名上限", "applicants, high", "number"),
    "rivals_3km": Word("3公里内同类班次", "rivals within 3 km", "count"),
    "teacher_source": Word("师资来源", "teacher"),
    # pilots
    "role": Word("类别", "role"),
    "outcome": Word("指标", "outcome"),
    "before": Word("开始前均值", "mean before", "number"),
    "after": Word("开始后", "after", "number"),
    "change": Word("变化", "change", "signed"),
    "pilots": Word("试点", "pilots", "number"),
    "comparison": Word("对照", "comparison", "number"),
    "comparisons": Word("对照区县数", "comparison districts", "count"),
    "terms_before": Word("开始前学期数", "terms before", "count"),
    "terms_after": Word("开始后学期数", "terms after", "count"),
    "pilots_before": Word("试点：前", "pilots before", "number"),
    "pilots_after": Word("试点：后", "pilots after", "number"),
    "comparison_before": Word("对照：前", "comparison before", "number"),
    "comparison_after": Word("对照：后", "comparison after", "number"),
    "effect": Word("双重差分", "difference in differences", "signed"),
    "difference": Word("与开始前差距之差", "difference from before", "signed"),
    "low": Word("下限", "low", "signed"),
    "high": Word("上限", "high", "signed"),
    "confidence": Word("区间可信度", "confidence", "share"),
    "p_value": Word("p 值", "p", "p"),
    "p_family": Word("多项并看 p 值", "p, all outcomes", "p"),
    "sets": Word("分法数", "sets", "count"),
    "trend_low": Word("走势差下限", "trend, low", "signed"),
    "trend_high": Word("走势差上限", "trend, high", "signed"),
    "trend_p": Word("走势差 p 值", "trend p", "p"),
    "drift": Word("走势延续之差", "drift if it went on", "signed"),
    "weight": Word("权重", "weight", "share"),
    "note": Word("说明", "in words"),
    "note_en": Word("说明（英文）", "in words"),
}  # fmt: skip
"""By the column's own name."""

VALUES: Final[Mapping[str, Label]] = {
    **{
        name: Label(label_zh(name, table="courses"), name.replace("_", " "))
        for name in (*PROGRAMMES, *CATEGORIES)
    },
    **{each.name: Label(each.zh, each.en) for each in OUTCOMES},
    "all": Label("合计", "all"),
    "unknown": Label("未知", "unknown"),
    "pilot": Label("试点", "pilot"),
    "comparison": Label("对照", "comparison"),
    "training": Label("培训不足", "training"),
    "pay": Label("薪酬", "pay"),
    "place": Label("地点", "place"),
    "unclear": Label("原因不明", "unclear"),
    "extraction_doubt": Label("识别存疑", "reading in doubt"),
    "red": Label("红：落后", "red: behind"),
    "amber": Label("黄：略缓", "amber: a little behind"),
    "green": Label("绿：达到进度", "green: on course"),
    "expired": Label("已到期", "expired"),
}
"""Closed values as people read them."""


CIRCLES: Final[Mapping[str, Label]] = {
    "citizen": Label("15分钟市民学习圈", "15 minutes, citizens"),
    "vocational": Label("30分钟职业培训圈", "30 minutes, vocational"),
}
"""Names of the circles, one of which is also a programme's."""


def word(column: str) -> Word:
    """The column's name; one that isn't known is called by itself."""
    return COLUMNS.get(column, Word(column, column))


def value_named(value: str, lang: Lang, column: str = "") -> str:
    """A value as people read it; one that isn't known stands for itself."""
    label = (CIRCLES if column == "circle" else VALUES).get(value)
    return value if label is None else label.of(lang)
