"""Knobs of the labour world."""

from typing import Annotated

from pydantic import Field

from data.simulate.knobs import Count, Knobs, NonNegative, Positive, Share

Cells = Annotated[int, Field(ge=0)]


class LabourParams(Knobs):
    """The parameters of the labour world; the shares of wording are guesses."""

    postings: Count = 8_000
    """Expected job postings, reposts included."""
    labour_months: Annotated[int, Field(ge=1, le=60)] = 12
    """Months of postings, jobseekers and vacancies before the cut-off's own month."""
    skill_share_spread: NonNegative = 0.4
    """Standard deviation of the log share of a skill in all vacancies; a guess."""
    skill_trend_spread: NonNegative = 0.01
    """Standard deviation of a skill's monthly growth in vacancies; a guess."""
    vacancy_spread: NonNegative = 0.35
    """Standard deviation of log vacancies of one district and skill."""
    vacancy_gamma_shape: Positive = 8.0
    """Shape of the monthly Gamma(shape, 1/shape) noise of vacancies."""
    new_year_dip: Positive = 0.45
    """Vacancies of a day around the lunar New Year, relative to an ordinary day; a guess."""
    new_year_rush: Positive = 1.45
    """Vacancies of a day in the five weeks after the lunar New Year's dip, likewise; a guess."""
    repost_share: Share = 0.5
    """Share of vacancies that a second board reposts."""
    near_copy_share: Share = 0.25
    """Share of reposts whose text is nearly the same: other punctuation, a line more."""
    reworded_share: Share = 0.25
    """Share of reposts with a wording of their own, by the same company for the same place."""
    agency_share: Share = 0.12
    """Share of vacancies that an agency advertises under its own name."""
    missing_code_share: Share = 0.2
    """Share of vacancies whose advertisements carry no division code."""
    negation_share: Share = 0.3
    """Share of texts that name a skill only to say that it is not asked for."""
    mention_share: Share = 0.25
    """Share of texts that mention a skill in passing: a product, a colleague's work."""
    boilerplate_share: Share = 0.5
    """Share of texts with a company's prose about itself, skill words included."""
    english_share: Share = 0.05
    """Share of skill words in texts that are the English name."""
    drift_share: Share = 0.1
    """Share of skills that texts call by one other name from some month on."""
    planted_gaps: Cells = 20
    """Planted cells (district, skill) that are truly short: wanted, untaught, few seekers."""
    planted_served: Cells = 12
    """Planted cells as wanted as a gap but amply taught, with seekers enough: decoys."""
    planted_low: Cells = 12
    """Planted cells with little demand and little supply: decoys."""
    planted_spam: Cells = 12
    """Planted cells of ordinary, met demand that agencies advertise again and again: decoys."""
    planted_spikes: Cells = 6
    """Planted cells of ordinary, met demand with one month far above the others: decoys."""
    planted_neighbours: Cells = 4
    """Planted cells as wanted as a gap, untaught, but taught just across a border: decoys."""
    planted_most: Share = 0.3
    """Share of the vocational skills that occupations ask for which planted cells may use up."""
    gap_demand: Positive = 3.0
    """Vacancies of a gap, served or neighbour cell, relative to a mean cell of the city."""
    low_demand: NonNegative = 0.15
    """Vacancies of a low cell, relative to a mean cell of the city."""
    spam_demand: NonNegative = 1.25
    """Vacancies of a spam cell, relative to a mean cell of the city."""
    spam_copies: Annotated[int, Field(ge=1, le=20)] = 6
    """Advertisements of each vacancy of a spam cell, the first included."""
    spike_demand: NonNegative = 0.5
    """Vacancies of a spike cell in its other months, relative to a mean cell of the city."""
    spike_factor: Positive = 12.0
    """Vacancies of a spike cell in its month, relative to its other months."""
    gap_seekers: NonNegative = 0.1
    """Jobseekers with the skill for each vacancy of a gap or neighbour cell."""
    served_seekers: NonNegative = 0.9
    """Jobseekers with the skill for each vacancy of a served cell; its courses add theirs."""
    seeker_floor: NonNegative = 0.97
    """Least jobseekers with the skill for each vacancy of a cell that isn't planted."""
    seeker_spread: NonNegative = 0.2
    """Mean of what such a cell has beyond seeker_floor, Gamma(2)-distributed; a guess."""
    gap_wage_growth: NonNegative = 0.01
    """Monthly growth of the pay offered in gap cells; elsewhere pay stands still."""
