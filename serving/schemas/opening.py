"""``POST /v1/plan`` and ``POST /v1/site-advice``: what to open, where."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from data.vocab import CITY_BOX
from serving.schemas.fields import Id, Slot, Wire, read_whole

WEST, SOUTH, EAST, NORTH = CITY_BOX
MOST_SECONDS = 60.0

Whole = Annotated[int, Field(ge=0, le=100), BeforeValidator(read_whole)]
Rows = Annotated[int, Field(ge=1, le=200), BeforeValidator(read_whole)]
Seats = Annotated[int, Field(ge=1, le=2000), BeforeValidator(read_whole)]


class PlanRequest(Wire):
    """What a plan may cost and has to keep to."""

    budget_yuan: float = Field(ge=0, le=1e12, allow_inf_nan=False, examples=[500_000])
    """Yuan for a term."""
    rural_share: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False)
    """Share of the new seats at rural sites, at least."""
    teachers_cap: float | None = Field(default=None, ge=0, le=1000, allow_inf_nan=False)
    """Teachers for 10,000 residents, at most; left out, the city plan's."""
    town_floor: Whole = 0
    """New sections within reach of every town, at least."""
    max_seconds: float = Field(default=10.0, ge=1, le=MOST_SECONDS, allow_inf_nan=False)
    """How long the search may take; the answer says how near to the best it came."""
    floor_prices: bool = False
    """Whether to tell what each floor costs; each takes a quarter of the search again."""


class PlanLine(Wire):
    """One section to open."""

    line: int
    """1 closes most for its cost."""
    course_id: str
    title: str
    category: str
    venue_id: str
    venue_name: str
    district_code: str | None
    town_code: str | None
    rural: bool
    slots: str
    """Weekly slots, comma-separated."""
    teacher_source: str
    """A teacher's role, or ``hire``."""
    teacher_id: str | None
    capacity: int
    applicants: float
    """Expected."""
    applicants_low: float
    """The 5 % end."""
    applicants_high: float
    """The 95 % end."""
    completers: float
    """Expected, a term."""
    gap_closed: float
    """What the plan would lose without the line."""
    closes: str
    """The cells it closes most of."""
    cost: float
    """Yuan."""
    unit_cost: float
    """Yuan for each completer."""
    residents_in_circle: int
    """Residents within the circle of the venue."""
    rivals_3km: int
    """Sections of the like within 3 km."""


class BindingLimit(Wire):
    """A limit that holds the plan back."""

    limit: str
    """``budget``, ``rooms``, ``staff``, ``hires``, ``rural`` or ``town``."""
    where: str
    """Venue, district or town; empty for the whole."""
    price: float
    """What one unit more would be worth."""
    unit: str


class Closed(Wire):
    """How much of the needs of one kind a plan closes."""

    needed: float
    closed: float
    share: float | None
    """Null where nothing is needed."""


class FloorCost(Wire):
    """What a floor costs."""

    floor: str
    lost: float
    """Worth of the plan without the floor, less that with it."""


class PlanAnswer(Wire):
    """A plan with its bound."""

    as_of: str
    """By when everything was known (ISO 8601)."""
    lines: list[PlanLine]
    sections: int
    cost: float
    budget: float
    worth: float
    bound: float
    """No plan is worth more."""
    of_bound: float
    """Worth over bound."""
    proven: bool
    """Whether no plan is better."""
    jobs: Closed
    """Skills short."""
    wants: Closed
    """Classes wanted."""
    completers: float
    cost_per_completer: float
    rural_share: float | None
    towns_at_floor: int
    towns_out_of_reach: list[str]
    """Towns that no usable site serves."""
    binding: list[BindingLimit]
    """The dearest first."""
    floors: list[FloorCost]


class Room(Wire):
    """A room that the snapshot doesn't know."""

    lon: float = Field(ge=WEST, le=EAST, allow_inf_nan=False)
    """Longitude, WGS84 degrees."""
    lat: float = Field(ge=SOUTH, le=NORTH, allow_inf_nan=False)
    """Latitude."""
    seats: Seats = 30
    """Learners it holds."""


class SiteRequest(Wire):
    """A room to fill; without one, where the next micro-spaces belong."""

    venue_id: Id | None = Field(default=None, examples=["venue-00012"])
    """A venue of the snapshot; goes before ``room``."""
    room: Room | None = None
    """A room that the snapshot doesn't know."""
    slots: list[Slot] = Field(default=[], max_length=21)
    """When the room is free; left out, as the snapshot tells."""
    limit: Rows = 20
    """Courses, or micro-spaces, at most."""


class CourseForRoom(Wire):
    """A course for the room."""

    rank: int
    course_id: str
    title: str
    category: str
    window: str
    """Kind of slot: working day, evening or weekend."""
    slots: str
    applicants: float
    applicants_low: float
    applicants_high: float
    seats: float
    """Learners expected in it: applicants, as far as the room holds them."""
    gap_closed: float
    """Worth, where nothing else is opened besides."""
    cost: float
    unit_cost: float
    rivals_3km: int


class MicroSpace(Wire):
    """A place for a micro-space."""

    rank: int
    division_code: str
    town_code: str | None
    district_code: str | None
    lon: float
    lat: float
    residents: int
    """Residents whom nothing covers yet and this would."""
    residents_60plus: int
    covered_after: float
    """Share of all residents within a circle once this and those before it are there."""


class SiteAnswer(Wire):
    """Courses for a room, or places for micro-spaces."""

    as_of: str
    courses: list[CourseForRoom]
    """Those that close most first, then those with most applicants."""
    spaces: list[MicroSpace]
    """One after the other."""
