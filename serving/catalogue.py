"""The sections of a snapshot, for whoever has to name, filter or show them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

import polars as pl

from data.city import City
from features.asof import known
from features.section import section_features
from recsys.offer import Offer
from recsys.pairing import paired
from recsys.pipeline.candidates import NEVER_SHOWN, OVER
from recsys.types import LearnerQuery
from serving.schemas.fields import Locale
from serving.schemas.recommend import Filter
from serving.schemas.section import SectionProperties
from serving.words import slots_in_words

_LISTS: Final[Mapping[str, str]] = {
    "institution_ids": "institution_id",
    "categories": "category",
    "modes": "mode",
    "layers": "layer",
    "scenes": "scene",
    "tiers": "tier",
    "rules": "rule",
    "languages": "language",
    "district_codes": "district_code",
}
"""Fields of the filter that list allowed values, and the column each is about."""


class Catalogue:
    """All sections as they are shown, by id."""

    def __init__(self, sections: pl.DataFrame, travel_times: pl.DataFrame) -> None:
        """Take ``section_features`` and the rows of ``travel_times``."""
        self._sections = sections
        self._travel_times = travel_times

    @classmethod
    def of_city(cls, city: City, as_of: datetime) -> "Catalogue":
        """The sections of a city as they stood at an instant."""
        return cls(section_features(city, as_of), known(city, "travel_times", as_of).collect())

    def __len__(self) -> int:
        """How many sections there are."""
        return self._sections.height

    def __contains__(self, section_id: str) -> bool:
        """Whether there is such a section."""
        return section_id in self._rows

    @cached_property
    def course_of(self) -> Mapping[str, str]:
        """The course of each section."""
        return dict(self._sections.select("section_id", "course_id").iter_rows())

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {section: row for row, section in enumerate(self._sections["section_id"])}

    @cached_property
    def _offered(self) -> list[tuple[str, str]]:
        """Sections that may become candidates, with their programmes."""
        over = pl.col("state").cast(pl.String).is_in([*NEVER_SHOWN, *OVER])
        offered = self._sections.filter(~over)
        return list(offered.select("section_id", "programme").iter_rows())

    def matching(self, wanted: Filter) -> frozenset[str] | None:
        """Ids of the sections that a filter lets through; None when it filters nothing."""
        conditions = _conditions(wanted)
        if not conditions:
            return None
        return frozenset(self._sections.filter(*conditions)["section_id"])

    def seen(self, events: pl.DataFrame) -> frozenset[str]:
        """Sections that events name, and those of courses in events that name no section."""
        courses = events.filter(pl.col("section_id").is_null())["course_id"]
        of_courses = self._sections.filter(pl.col("course_id").is_in(courses.to_list()))
        return frozenset(events["section_id"].drop_nulls()) | frozenset(of_courses["section_id"])

    def count(
        self,
        programme: str | None,
        allowed: Collection[str] | None,
        *,
        within: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> int:
        """How many of a programme's sections on offer are in one set and not in another."""
        return sum(
            (programme is None or programme == of_programme)
            and (allowed is None or section in allowed)
            and (within is None or section in within)
            and section not in without
            for section, of_programme in self._offered
        )

    def properties(
        self, section_ids: Sequence[str], query: LearnerQuery, locale: Locale
    ) -> list[SectionProperties]:
        """What a page needs to show these sections to this learner, in order."""
        chosen = self._sections[[self._rows[section] for section in section_ids]]
        minutes = paired(query, Offer(chosen, self._travel_times))["travel_min"]
        shown = chosen.with_columns(travel_min=pl.Series(minutes, nan_to_null=True))
        return [_properties(row, locale) for row in shown.iter_rows(named=True)]


def _conditions(wanted: Filter) -> list[pl.Expr]:
    lists = [
        pl.col(column).cast(pl.String).is_in(values)
        for field, column in _LISTS.items()
        if (values := getattr(wanted, field)) is not None
    ]
    bounds = {
        pl.col("price_net_fen").le: wanted.price_max_fen,
        pl.col("starts_on").ge: wanted.starts_from,
        pl.col("starts_on").le: wanted.starts_until,
    }
    return lists + [holds(bound) for holds, bound in bounds.items() if bound is not None]


def _properties(row: Mapping[str, Any], locale: Locale) -> SectionProperties:
    minutes = row["travel_min"]
    derived: dict[str, Any] = {
        "price_fen": row["price_net_fen"],
        "when": slots_in_words(row["slots"], locale),
        "apply_closes_at": iso(row["apply_closes_at"]),
        "travel_min": None if minutes is None else round(minutes, 1),
    }
    plain = {name: row[name] for name in SectionProperties.model_fields if name not in derived}
    return SectionProperties.model_validate({**plain, **derived})


def iso(moment: datetime) -> str:
    """A moment as answers write it, ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
