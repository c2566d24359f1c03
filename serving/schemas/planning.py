"""Planners' tables: rows of demand, gaps, coverage and targets, and the pages that they come in."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from serving.schemas.fields import Wire

Month = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month, such as ``2025-08``."""


class TablePage(Wire):
    """What every page of a table says of it."""

    as_of: str
    """The moment by which everything in the table was known (ISO 8601)."""
    snapshot_id: str
    """The tables it was worked out from."""
    total: int
    """Rows that match on all pages."""
    next_cursor: str | None
    """Send it as ``cursor`` for the next page; null at the end."""


class DemandRow(Wire):
    """One skill of one month in one division."""

    month: date
    """First day of the month."""
    division_code: str
    """A district, or the city as a whole."""
    skill_id: str
    ads: int
    """Advertisements that name the skill, copies included."""
    live: int
    """Vacancies open at the month's end."""
    headcount: int | None
    """Persons that vacancies of the month say they seek; null where none says."""
    vacancies: float
    """Estimated new vacancies of such a month, persons."""
    low: float
    """The 5 % end of what such a month brings."""
    high: float
    """The 95 % end."""
    n_eff: float
    """Effective advertisements behind the estimate."""
    salary_q25: float | None
    """Yuan a month, at ``level``."""
    salary_q50: float | None
    salary_q75: float | None
    trend: float | None
    """Growth a month beyond the season; null where it can't be told."""
    trend_low: float | None
    trend_high: float | None
    season: float | None
    """The month relative to the year's mean."""
    freshness_days: int | None
    """Days from the newest posting or refresh to the month's end."""
    sources: str | None
    """Postings by source, the largest first."""
    level: str
    """How wide an area and group the figures rest on, such as ``skill/district``."""
    own_low: float | None
    """The 5 % end of the cell's own level, heard almost alone."""
    own_high: float | None


class DemandPage(TablePage):
    """Demand, by month, division and skill."""

    rows: list[DemandRow]


class GapRow(Wire):
    """One skill of one district: what is asked for, who and what could meet it, and what is short.

    Jobseeker counts under ten never shape a figure but as "fewer than ten".
    """

    rank: int
    """1 is the surest and largest shortage."""
    month: date
    """First day of the month."""
    division_code: str
    skill_id: str
    need: float
    """New vacancies of such a month, persons."""
    need_low: float
    need_high: float
    seekers: float | None
    """Jobseekers with the skill; null where the count may not be told."""
    own: float
    """Completers a month of courses in the district."""
    reachable: float
    """Completers a month of courses across its border, within 30 minutes."""
    online: float
    """The district's share of those who complete online, a month."""
    gap: float
    """Expected shortage, persons a month; a surplus counts as none."""
    gap_low: float
    """The 5 % end of vacancies less seekers and completers; below zero is a surplus."""
    gap_high: float
    """The 95 % end."""
    tau: float
    """Logarithm of vacancies over supply."""
    tau_low: float
    """Its 5 % end."""
    probability: float
    """That vacancies exceed seekers and completers."""
    found: bool
    """Whether it is among those of which one in ten is expected to be none."""
    level: str
    """How wide an area and group the demand rests on."""
    cause: str
    """``training``, ``pay``, ``place``, ``extraction_doubt`` or ``unclear``."""
    wage_growth: float | None
    """Of a year, at ``level``."""
    days_open: float | None
    """Median days that vacancies stand."""
    repost_rate: float | None
    """Share of vacancies that are posted again."""
    vacancy_seeker_ratio: float | None
    """Vacancies for one seeker, where seekers may be told."""
    evidence: int | None
    """Postings of a year behind it (``/v1/gaps/evidence``); null where postings weren't read."""
    note: str
    """In words, Chinese."""
    note_en: str
    """In words, English."""


class GapPage(TablePage):
    """Gaps, by rank."""

    rows: list[GapRow]


class EvidenceRow(Wire):
    """One advertisement behind the gap of a district and skill."""

    division_code: str
    skill_id: str
    posting_id: str
    """Of the snapshot's postings."""
    month: date
    """First day of the month in which it was posted."""


class EvidencePage(TablePage):
    """Advertisements, by division, skill and id."""

    rows: list[EvidenceRow]


class CoverageRow(Wire):
    """Residents of one division, of one age band and access need, within one circle."""

    as_of: date
    level: str
    """``city``, ``district``, ``town`` or ``village``."""
    division_code: str
    name: str | None
    area: str
    """``all``, ``urban``, ``rural`` or ``unknown``."""
    circle: str
    """``citizen`` or ``vocational``."""
    limit_min: float
    """Minutes of the circle, one way."""
    band: str
    """Age band, or ``all``."""
    need: str
    """Access need, or ``all``."""
    persons: int | None
    """Residents; null where too little is known to tell."""
    covered: int | None
    """Of them within the circle of a suitable section."""
    uncovered: int | None
    share: float | None
    """Covered over all, 0 to 1; null where nobody lives."""
    estimated: bool
    """Whether the number with a need is an estimate from registered learners."""
    nearest_venue: str | None
    nearest_min: float | None
    """Minutes to it, one way."""
    within: bool | None
    """Whether that is within the circle."""
    basis: str
    """Which sections count."""


class CoveragePage(TablePage):
    """Coverage, by circle, level and division."""

    rows: list[CoverageRow]


class TargetRow(Wire):
    """One target of the city's plan, with its value and how it stands."""

    as_of: date
    target_id: str
    indicator: str
    division_code: str | None
    """Whose target it is; null for the whole city's."""
    clause: str
    """Of the plan."""
    definition: str | None
    """How the value is counted, Chinese; null where nothing counts it."""
    definition_en: str | None
    definition_version: str
    unit: str
    value: float | None
    """Null where the tables can't tell it, never zero."""
    numerator: float | None
    denominator: float | None
    target: float
    due_on: date
    first_value: float | None
    """Where the path to the target begins."""
    first_on: date | None
    expected: float | None
    """What the straight path to the target asks for by now."""
    year_before: float | None
    change: float | None
    """Against a year before."""
    reached: bool | None
    status: str
    """``green``, ``amber``, ``red``, ``unknown`` or ``expired``."""
    missing: str | None
    """What the tables lack, Chinese."""
    missing_en: str | None


class TargetPage(TablePage):
    """Targets, by id."""

    rows: list[TargetRow]
