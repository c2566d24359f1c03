"""What a page needs to show a section."""

from datetime import date

from serving.schemas.fields import Wire


class SectionProperties(Wire):
    """A section as it is shown; null means unknown."""

    title: str
    institution_id: str
    institution_name: str | None
    venue_id: str | None
    venue_name: str | None
    programme: str
    category: str
    layer: str | None
    language: str
    mode: str
    slots: list[str]
    """Weekly slots such as ``3E``."""
    when: str
    """The slots in words, such as 周三晚."""
    starts_on: date
    ends_on: date
    hours: float
    """Class hours of 45 minutes."""
    price_fen: int
    """Price after subsidy, fen."""
    seats_left: int
    rule: str
    """How seats are given."""
    apply_closes_at: str
    """The end of the application window (ISO 8601, UTC)."""
    travel_min: float | None
    """Minutes one way, 0 online; null without a starting point."""
    district_code: str | None
