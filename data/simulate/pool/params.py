"""Knobs of courses and sections."""

from typing import Annotated

from pydantic import AfterValidator

from data.simulate.knobs import Count, Knobs, NonNegative, Positive, Share


def _ascending(seats: tuple[int, int]) -> tuple[int, int]:
    if seats[0] > seats[1]:
        message = f"the fewest seats come first; got {seats}"
        raise ValueError(message)
    return seats


Seats = Annotated[tuple[Count, Count], AfterValidator(_ascending)]
"""Fewest and most seats of a section."""


class PoolParams(Knobs):
    """The parameters of courses and sections."""

    course_noise: NonNegative = 0.35
    """A course's noise around its topic, relative to the topic's length."""
    popularity_sd: NonNegative = 0.75
    """Standard deviation of a course's own appeal a_c, utility units."""
    viral_share: Share = 0.01
    """Share of courses that are viral; at least one senior course is."""
    viral_bonus: float = 3.0
    """What being viral adds to a course's appeal, utility units."""
    famous_bonus: float = 2.0
    """What the famous class has beyond a viral course, utility units; a guess."""
    quality_sd: NonNegative = 0.5
    """Standard deviation of a course's quality q_c, utility units."""
    new_share: Share = 0.25
    """Share of sections whose course is new in each term."""
    near_duplicate_share: Share = 0.05
    """Share of each later term's new courses that reissue an older course under a new id."""
    favoured_sections: Count = 6
    """Sections a term of each skill planted as amply taught, where the programme has room."""
    favoured_share: Share = 0.6
    """Share of vocational sections that planted skills may take, at most."""

    night_school_share: Positive = 0.43
    """Weight of night school among the sections."""
    vocational_share: Positive = 0.22
    """Weight of vocational training among the sections."""
    senior_share: Positive = 0.1
    """Weight of senior education among the sections."""
    community_share: Positive = 0.13
    """Weight of community education among the sections."""
    family_share: Positive = 0.07
    """Weight of family education among the sections."""

    online_share: Share = 0.04
    """Share of sections online, live or recorded."""
    dual_share: Share = 0.03
    """Share of sections taught in a room and online at once."""
    late_window_share: Share = 0.05
    """Share of open-term sections whose window opens only after the cut-off."""
    minimum_share: Share = 0.15
    """Share of the seats without whose applicants a section is cancelled; a guess."""
    night_school_seats: Seats = (18, 30)
    """Fewest and most seats of a night-school section."""
    vocational_seats: Seats = (20, 40)
    """Fewest and most seats of a vocational section."""
    senior_seats: Seats = (24, 40)
    """Fewest and most seats of a senior section."""
    community_seats: Seats = (20, 40)
    """Fewest and most seats of a community section."""
    family_seats: Seats = (16, 30)
    """Fewest and most seats of a family section."""
    senior_lottery_share: Share = 0.32
    """Share of senior sections whose seats are drawn; a guess."""
    night_school_lottery_share: Share = 0.35
    """Share of night-school sections whose seats are drawn; a guess."""
    vocational_lottery_share: Share = 0.0
    """Share of vocational sections whose seats are drawn, viral courses apart; a guess."""
    community_lottery_share: Share = 0.1
    """Share of community sections whose seats are drawn; a guess."""
    family_lottery_share: Share = 0.2
    """Share of family sections whose seats are drawn; a guess."""
    lottery_appeal: NonNegative = 2.5
    """How much appeal decides which sections draw lots, against a noise of one; 0 is chance."""
