"""Knobs of the learners."""

from typing import Annotated

from pydantic import Field

from data.simulate.knobs import Knobs, NonNegative, Positive, Share


class PeopleParams(Knobs):
    """The parameters of the learners."""

    taste_dimensions: Annotated[int, Field(ge=2, le=128)] = 16
    """Dimensions of taste and course vectors."""
    taste_noise: NonNegative = 0.55
    """Personal noise around a persona's mean taste, relative to the mean's length."""
    elder_participation: Positive = 2.5
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
