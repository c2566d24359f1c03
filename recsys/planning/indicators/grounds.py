"""What indicators are counted on: a city, or one division of it, in the year before a moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

import polars as pl

from data.city import City
from data.vocab import ELDER_BANDS
from features.asof import in_utc, known
from features.divisions import CODE_DIGITS
from features.finished import COMPLETED_FROM
from features.places import residents
from features.reach import nearest_place
from features.taught import in_a_room, taught_sections

YEAR_DAYS: Final = 365
"""Whatever is said to be in use was so in the year before: holidays between terms hide nothing."""


Coverage = Callable[[datetime], pl.DataFrame]
"""Who is within the circles at a moment: a table of ``recsys.planning.circles.coverage``."""


class Grounds:
    """What is known of a division in the year before a moment; each part is read when asked for.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        coverage: tells the circles.
        division_code: the whole city where None.
    """

    def __init__(
        self, city: City, moment: datetime, coverage: Coverage, division_code: str | None = None
    ) -> None:
        self.moment, self.division_code = in_utc(moment), division_code
        self._city, self._coverage = city, coverage

    @cached_property
    def sections(self) -> pl.DataFrame:
        """Sections taught in the year: ``section_features``, in_room, town_code, village_code.

        A venue that tells no village belongs to the one whose point is nearest.
        """
        placed = self._taught.with_columns(
            in_a_room().alias("in_room"),
            pl.col("institution_district_code").alias("school_district_code"),
            pl.when(_deeper(9)).then("division_code").alias("village_code"),
        )
        villages = self._divisions.filter(pl.col("level") == "village").drop_nulls(["lon", "lat"])
        nearest = pl.Series(nearest_place(villages, placed), dtype=pl.Int64)
        near = villages["division_code"].gather(nearest.set(nearest < 0, None))
        village = pl.coalesce("village_code", near)
        town = pl.when(_deeper(6)).then(_cut("division_code", 9)).otherwise(_cut("near", 9))
        found = placed.with_columns(near=near).with_columns(village_code=village, town_code=town)
        return self._inside(found, "division_code").drop("near")

    @property
    def tells_sections(self) -> bool:
        """Whether the city records any section of the year; if it does, none here means none."""
        return not self._taught.is_empty()

    @cached_property
    def in_rooms(self) -> pl.DataFrame:
        """The sections taught in a room whose place is known."""
        return self.sections.filter("in_room")

    @cached_property
    def teachers(self) -> int:
        """How many teachers taught a section in the year."""
        told = self._city.scan("sections").select("section_id", "teacher_id").collect()
        return self.sections.join(told, on="section_id")["teacher_id"].drop_nulls().n_unique()

    def divisions(self, level: str) -> pl.Series:
        """Codes of the divisions of a level, in order."""
        rows = self._divisions.filter(pl.col("level").cast(pl.String) == level)
        return self._inside(rows, "division_code")["division_code"].sort()

    @cached_property
    def residents(self) -> pl.DataFrame:
        """Where people live (``features.places.residents``)."""
        return self._inside(residents(self._city, self.moment), "division_code")

    @cached_property
    def regular_elders(self) -> int | None:
        """Learners from 60 on who completed a section in the year or attend two thirds of one.

        None where nobody's attendance or completion is told at all.
        """
        since = self.moment - timedelta(days=YEAR_DAYS)
        rows = known(self._city, "events", self.moment).filter(
            pl.col("occurred_at") >= since,
            pl.col("section_id").is_not_null(),
            pl.col("type").is_in(["attend", "complete"]),
        )
        attend = pl.col("type") == "attend"
        pairs = rows.group_by("learner_id", "section_id").agg(
            complete=(~attend).any(),
            share=pl.when(attend).then("value").max_by(pl.when(attend).then("occurred_at")),
        )
        took_part = pairs.group_by("learner_id").agg(
            (pl.col("complete") | (pl.col("share") >= COMPLETED_FROM)).any().alias("regular")
        )
        found = took_part.collect()
        if found.is_empty():
            return None
        regular = found.filter("regular")
        return self._elders.join(regular, on="learner_id", how="semi").height

    def circle(self, name: str) -> tuple[int, int] | None:
        """Residents within a circle, and all of them; None where nobody lives here."""
        level = pl.col("level") == "city"
        here = (
            level if self.division_code is None else pl.col("division_code") == self.division_code
        )
        everybody = [pl.col(column) == "all" for column in ("area", "band", "need")]
        rows = self._coverage(self.moment).filter(here, *everybody, pl.col("circle") == name)
        if rows.is_empty():
            return None
        return int(rows["covered"].sum()), int(rows["persons"].sum())

    @cached_property
    def history_days(self) -> int:
        """How long before the moment the first window for applications opened; 0 without any."""
        first = self._city.scan("sections").select(pl.col("apply_opens_at").min()).collect().item()
        return max(0, (self.moment - first).days) if isinstance(first, datetime) else 0

    @cached_property
    def _taught(self) -> pl.DataFrame:
        return taught_sections(self._city, self.moment, days=YEAR_DAYS)

    @cached_property
    def _divisions(self) -> pl.DataFrame:
        return known(self._city, "divisions", self.moment).sort("division_code").collect()

    @cached_property
    def _elders(self) -> pl.DataFrame:
        elder = pl.col("age_band").cast(pl.String).is_in(ELDER_BANDS)
        rows = known(self._city, "learners", self.moment).filter(elder)
        homes = rows.select("learner_id", "home_division_code").collect()
        return self._inside(homes, "home_division_code")

    def _inside(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """The rows inside the division; a code that is unknown is inside the city alone."""
        if self.division_code is None:
            return rows
        prefix = self.division_code.rstrip("0")
        digits = next(width for width in (4, 6, 9, CODE_DIGITS) if width >= len(prefix))
        return rows.filter(pl.col(column).str.starts_with(self.division_code[:digits]))


def _cut(column: str, digits: int) -> pl.Expr:
    return pl.col(column).str.slice(0, digits).str.pad_end(CODE_DIGITS, "0")


def _deeper(digits: int) -> pl.Expr:
    """Whether a section's division lies below the level of so many digits."""
    return pl.col("division_code") != _cut("division_code", digits)
