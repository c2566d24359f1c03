"""Which skills a completer has: what a course says it teaches, and how surely.

| the course says | a completer counts |
|---|---|
| to which level it brings a skill (``level_to``, else ``skill_level``) | in full, at that level |
| only a weight w | by w, Beta(2w, 2(1 - w)): w may be the part of the skill or of the people |
| nothing: the tie was extracted from its text | the same, times the chance that it's true |
"""

from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known

EXTRACTED_RIGHT: Final = 0.91
"""Share of skills found in texts that are right: the precision measured in docs/skills.md."""


def attained(city: City, moment: datetime) -> pl.DataFrame:
    """Each course and skill it teaches, by both.

    Returns:
        course_id, skill_id, attainment (mean share of a completer, above 0 to 1), attainment_var.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    levels = known(city, "courses", moment).select("course_id", "skill_level")
    ties = known(city, "course_skills", moment).filter(pl.col("weight") > 0)
    weight = pl.col("weight")
    told = pl.coalesce("level_to", "skill_level").is_not_null()
    mean = pl.when(told).then(1.0).otherwise(weight)
    var = pl.when(told).then(0.0).otherwise(weight * (1 - weight) / 3)
    extracted = pl.col("provenance").cast(pl.String) == "extracted"
    right = pl.when(extracted).then(EXTRACTED_RIGHT).otherwise(1.0)
    return (
        ties.join(levels, on="course_id", how="left")
        .select("course_id", "skill_id", mean=mean, var=var, right=right)
        .select(
            "course_id",
            "skill_id",
            attainment=pl.col("mean") * pl.col("right"),
            # of a product of two independent figures, the second 0 or 1
            attainment_var=pl.col("right")
            * (pl.col("var") + pl.col("mean") ** 2 * (1 - pl.col("right"))),
        )
        .sort("course_id", "skill_id")
        .collect()
    )
