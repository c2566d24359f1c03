"""Every knob of the simulated city, with its own sentence, unit and default.

Equations and defaults: METHODS section 2 (docs/simulation.md repeats them). Numbers marked
"guess" there are guesses here too; that is why they have names.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
SixBands = tuple[float, float, float, float, float, float]

ADULT_BANDS: Final = ("18-24", "25-34", "35-44", "45-59", "60-69", "70-79")
"""The age bands of six-number parameters; younger learners use the first, 80+ the last."""


class SimulationParams(BaseModel):
    """The parameters of one simulated city; a preset sets some, ``--set`` any."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    districts: Annotated[tuple[str, ...], Field(min_length=1)] = ("330113",)
    """Six-digit codes of the districts whose people and courses are simulated."""
    learners: Count = 2_000
    """Registered learners at the cut-off, persons."""
    sections_per_term: Annotated[int, Field(ge=20)] = 120
    """Sections published in each term."""
    history_terms: Count = 3
    """Finished terms before the open one; there are two terms a year."""
    open_term: Annotated[str, Field(pattern=r"^20[0-9]{2}[春秋]$")] = "2025秋"
    """The term whose enrolment is open at the cut-off, year and 春 (spring) or 秋 (autumn)."""
    as_of_hours: Annotated[float, Field(ge=1, le=300)] = 122.0
    """Hours from the opening of enrolment to the cut-off at which lists are made."""
    judged_learners: Count = 2_000
    """Learners whose apply probabilities are written to the truth, at most."""
    villages_per_town: Count = 17
    """Villages and communities of each town; the city has 3,320 in 191 towns."""

    taste_dimensions: Annotated[int, Field(ge=2, le=128)] = 16
    """Dimensions of taste and course vectors."""
    taste_noise: NonNegative = 0.55
    """Personal noise around a persona's mean taste, relative to the mean's length."""
    course_noise: NonNegative = 0.35
    """A course's noise around its topic, relative to the topic's length."""
    popularity_sd: NonNegative = 0.75
    """Standard deviation of a course's own appeal a_c, utility units."""
    viral_share: Share = 0.01
    """Share of courses that are viral; at least one senior course is."""
    viral_bonus: float = 3.0
    """What being viral adds to a course's appeal, utility units."""
    quality_sd: NonNegative = 0.5
    """Standard deviation of a course's quality q_c, utility units."""

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

    new_share: Share = 0.25
    """Share of sections whose course is new in each term."""
    sections_per_venue: Positive = 3.0
    """Sections of a term for each venue."""
    online_share: Share = 0.04
    """Share of sections online, live or recorded."""
    dual_share: Share = 0.03
    """Share of sections taught in a room and online at once."""
    district_sharing: Share = 0.15
    """Share of town and district institutions open to residents of their district only."""
    step_free_true: Share = 0.6
    """Share of venues confirmed step-free."""
    step_free_unknown: Share = 0.25
    """Share of venues where step-free access is unknown."""
    late_window_share: Share = 0.05
    """Share of open-term sections whose window opens only after the cut-off."""
    gcj02_share: Share = 0.2
    """Share of venues whose coordinates are given in GCJ-02."""

    elder_participation: Positive = 1.6
    """How much likelier a resident from 60 is a learner than a younger one; a guess."""
    consent_off: Share = 0.08
    """Share of learners with personalisation off (exact)."""
    labour_consent: Share = 0.6
    """Share of learners who let their labour profile be used."""
    wheelchair: Share = 0.025
    """Share of learners who need step-free access (exact)."""
    free_slots_known: Share = 0.4
    """Share of learners who told their free slots."""
    max_travel_known: Share = 0.25
    """Share of learners who set a longest journey."""
    home_cell_known: Share = 0.7
    """Share of learners whose home cell is known."""
    goal_share: Share = 0.35
    """Share of learners aged 18-59 with goal skills."""
    newcomers: Share = 0.1
    """Share of learners who register in the open term."""

    minimum_share: Share = 0.15
    """Share of the seats without whose applicants a section is cancelled; a guess."""
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

    postings: Count = 1_500
    """Expected job postings, reposts included."""
    labour_months: Annotated[int, Field(ge=1, le=60)] = 12
    """Months of postings, jobseekers and vacancies before the cut-off."""
    vacancy_spread: NonNegative = 0.35
    """Standard deviation of log vacancies of one district and occupation."""
    vacancy_gamma_shape: Positive = 8.0
    """Shape of the monthly Gamma(shape, 1/shape) noise of vacancies."""
    repost_share: Share = 0.5
    """Share of vacancies that a second board reposts."""

    bad_row_share: Share = 0.02
    """Bad rows planted in sections, venues, learners, courses and postings, as a share of rows."""
    bad_event_share: Share = 0.002
    """Bad rows planted among events, as a share of rows."""
    old_code_share: Share = 0.01
    """Learners and postings added under district codes from before April 2021, as a share."""
    gbk: bool = True
    """Whether sections.csv is written in GBK instead of UTF-8."""
