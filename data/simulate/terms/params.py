"""Knobs of choice, exposure and what follows."""

from typing import Annotated

from pydantic import Field

from data.simulate.knobs import Knobs, NonNegative, Positive, Share, SixBands


class TermParams(Knobs):
    """The parameters of choice, exposure and what follows."""

    taste_weight: float = 3.04
    """Weight of taste theta . phi (in -1 .. 1) in utility."""
    quality_weight: float = 0.6
    """Weight of quality q_c in utility."""
    age_fit_weight: float = 1.4
    """Weight of the fit of programme and age in utility."""
    age_fit_night_school: SixBands = (1.0, 1.0, 0.5, 0.0, -1.2, -1.8)
    """Fit of night school by age band (18-24 .. 70+)."""
    age_fit_vocational: SixBands = (0.6, 0.8, 0.6, 0.3, -1.5, -2.5)
    """Fit of vocational training by age band (18-24 .. 70+)."""
    age_fit_senior: SixBands = (-1.5, -1.2, -0.6, 0.5, 2.0, 2.0)
    """Fit of senior education by age band (18-24 .. 70+)."""
    age_fit_community: SixBands = (-0.4, -0.2, 0.1, 0.4, 0.7, 0.5)
    """Fit of community education by age band (18-24 .. 70+); a guess."""
    age_fit_family: SixBands = (-0.8, 0.8, 1.0, -0.2, -0.2, -0.8)
    """Fit of family education by age band (18-24 .. 70+); a guess."""
    decay_km: SixBands = (5.0, 5.0, 4.5, 3.5, 1.6, 1.0)
    """Kilometres that cost one unit of utility, by age band (18-24 .. 70+)."""
    price_weight: NonNegative = 0.35
    """Utility lost per price_unit_yuan at average price sensitivity."""
    price_unit_yuan: Positive = 250.0
    """Yuan paid by the learner that cost price_weight."""
    slot_penalty: NonNegative = 2.5
    """Utility lost when a slot of the section is not free."""
    goal_bonus: float = 2.4
    """Utility gained when the course teaches a goal skill."""
    online_penalty: float = 1.5
    """Utility lost online, under 60."""
    online_penalty_60plus: float = 3.0
    """Utility lost online, from 60."""
    apply_threshold: float = 0.7
    """P(apply | seen) = sigmoid(utility - apply_threshold)."""
    view_threshold: float = -0.8
    """P(view | seen) = sigmoid(utility - view_threshold); a guess."""
    max_applications: Annotated[int, Field(ge=1, le=3)] = 3
    """Applications of one learner in one term, at most."""
    rank_exponent: NonNegative = 0.45
    """Weight of -ln(rank of past enrolments) on the old page."""
    same_district_bonus: float = 0.9
    """Bonus of a section in the learner's district on the old page."""
    senior_page_bonus: float = 2.2
    """Bonus of a senior-education section on the old page of a learner from 60; a guess."""
    seen_low: Positive = 10.0
    """Fewest sections a learner expects to see in a term."""
    seen_high: Positive = 16.0
    """Most sections a learner expects to see in a term."""
    random_traffic: Share = 0.05
    """Share of lists that are uniformly random, with their propensity logged."""
    first_hours_share: Share = 0.45
    """Share of visits that pile up after enrolment opens."""
    first_hours_mean: Positive = 3.0
    """Mean delay of the visits that pile up, hours."""
    famous_applicants_per_seat: Positive = 56.0
    """Applicants for each seat of the famous class, a free class of a culture hall."""
    drift_term: Annotated[int, Field(ge=0)] = 2
    """The term, counted from 0, from which learners want ``drift_category`` more."""
    drift_category: str = "digital_skills"
    """Category of courses that comes into fashion."""
    drift_bonus: float = 1.0
    """What the fashion adds to the utility of its courses; 0 plants no drift."""
    drop_share: Share = 0.06
    """Share of those enrolled who drop before the start."""
    attendance_base: float = 1.7
    """Logit of mean attendance for an average, free course next door; a guess."""
    attendance_price: float = 0.25
    """Logit of attendance gained per price_unit_yuan paid; a guess."""
    attendance_km: NonNegative = 0.08
    """Logit of attendance lost per kilometre; a guess."""
    completion_share: Share = 0.75
    """Share of classes that must be attended to complete."""
    rating_share: Share = 0.35
    """Share of those who complete that rate the course."""
