"""Targets of the city plan 2025-2027 (DOMAIN section 4), as dated configuration."""

from datetime import date
from typing import Final, NamedTuple

import polars as pl

DUE_ON: Final = date(2027, 12, 31)
DEFINITION_VERSION: Final = "2025-1"


class Target(NamedTuple):
    """One target of the plan, of the whole city or of one district."""

    target_id: str
    indicator: str
    value: float
    unit: str
    clause: str
    division_code: str | None = None


TARGETS: Final = (
    Target("network-city", "network_coverage_city", 100, "%", "市级学习网络覆盖率"),
    Target("network-district", "network_coverage_district", 100, "%", "区级学习网络覆盖率"),
    Target("network-town", "network_coverage_town", 100, "%", "街镇学习网络覆盖率"),
    Target("network-village", "network_coverage_village", 80, "%", "村社学习网络覆盖率"),
    Target("network-villages", "network_villages", 2656, "villages", "村社学习点数量"),
    Target("circle-15", "citizen_circle_15min", 100, "%", "15分钟市民学习圈"),
    Target("circle-30", "vocational_circle_30min", 100, "%", "30分钟职业技能培训圈"),
    Target("communities", "learning_communities", 100, "communities", "学习型社区"),
    Target("organisations", "learning_organisations", 200, "organisations", "学习型组织"),
    Target("micro-spaces", "micro_spaces", 1000, "venues", "学习微空间"),
    Target("cases", "showcase_cases", 30, "cases", "典型案例"),
    Target("senior-towns", "senior_schools_town", 100, "%", "街镇老年学校覆盖率"),
    Target("senior-villages", "senior_classes_village", 60, "%", "村社老年教学班覆盖率"),
    Target(
        "senior-villages-count", "senior_classes_villages", 1992, "villages", "村社老年教学班数量"
    ),
    Target("senior-share", "participation_60plus", 25, "%", "60岁以上经常性参与率"),
    Target("senior-persons", "participants_60plus", 645_500, "persons", "60岁以上经常性参与人数"),
    Target("senior-teachers", "lead_senior_teachers", 100, "teachers", "老年教育领军教师"),
    Target(
        "family-districts", "family_education_districts", 13, "districts", "家庭教育机构覆盖区县"
    ),
    Target("educators", "community_educators_per_10000", 2, "per_10000", "社区教育工作者配比上限"),
    Target("upskill-linping", "upskilling_pilot", 1, "pilot", "人力资本提升试点", "330113000000"),
    Target("upskill-qiantang", "upskilling_pilot", 1, "pilot", "人力资本提升试点", "330114000000"),
    Target("upskill-fuyang", "upskilling_pilot", 1, "pilot", "人力资本提升试点", "330111000000"),
)


def target_rows() -> pl.DataFrame:
    """The contract table ``targets``."""
    return pl.DataFrame(
        [target._asdict() for target in TARGETS], schema_overrides={"value": pl.Float64}
    ).with_columns(
        pl.lit(DUE_ON).alias("due_on"), pl.lit(DEFINITION_VERSION).alias("definition_version")
    )
