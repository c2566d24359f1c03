"""Knobs of the map."""

from typing import Annotated

from pydantic import Field

from data.simulate.knobs import Count, Knobs, Positive, Share


class PlacesParams(Knobs):
    """The parameters of the map."""

    villages_per_town: Count = 17
    """Villages and communities of each town; the city has 3,320 in 191 towns."""
    uncovered_streets: Annotated[int, Field(ge=0)] = 3
    """Streets and towns without a venue within 30 minutes; at most one in eight towns is."""
    sections_per_venue: Positive = 3.0
    """Sections of a term for each venue."""
    district_sharing: Share = 0.15
    """Share of town and district institutions open to residents of their district only."""
    step_free_true: Share = 0.6
    """Share of venues confirmed step-free."""
    step_free_unknown: Share = 0.25
    """Share of venues where step-free access is unknown."""
    gcj02_share: Share = 0.2
    """Share of venues whose coordinates are given in GCJ-02."""
    educators_per_10000: Positive = 2.0
    """Teachers per 10,000 residents of a district, at most (city plan 2025-2027)."""
