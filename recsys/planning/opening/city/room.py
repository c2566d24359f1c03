"""A room that isn't in the snapshot, as a row of the contract table ``venues``."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from data.city import City, empty
from data.vocab import CITY_BOX
from features.reach import nearest_place
from features.slots import BIT_OF
from features.supply.table import served_residents
from recsys.planning.opening.errors import PlanningError

NEW_ROOM = "new-room"
"""Id of a room that isn't in the snapshot."""


def room_at(
    city: City,
    moment: datetime,
    lon: float,
    lat: float,
    seats: int,
    *,
    rooms: int = 1,
    slots: Sequence[str] = (),
) -> pl.DataFrame:
    """A room at a point, in the division of the nearest place where people live.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        lon: WGS84 degrees.
        lat: WGS84 degrees.
        seats: of one room.
        rooms: of that size.
        slots: weekly slots in which it is open; none means all of them.

    Raises:
        PlanningError: the point lies outside the city, a slot is none, or nobody can sit there.
    """
    west, south, east, north = CITY_BOX
    if not (west <= lon <= east and south <= lat <= north):
        message = f"{lon}, {lat} isn't in the city: {west}-{east} east, {south}-{north} north"
        raise PlanningError(message)
    check_slots(slots)
    if seats < 1 or rooms < 1:
        message = f"a room has at least one seat, and there is at least one; got {seats}, {rooms}"
        raise PlanningError(message)
    people = served_residents(city, moment)
    point = pl.DataFrame({"lon": [lon], "lat": [lat]})
    near = int(nearest_place(people, point)[0])
    row = {
        "venue_id": NEW_ROOM,
        "institution_id": "",
        "name": f"{lon:.4f}, {lat:.4f}",
        "division_code": people["division_code"][near],
        "lon": lon,
        "lat": lat,
        "crs": "wgs84",
        "scene": "other",
        "rooms": rooms,
        "seats": seats * rooms,
        "open_slots": list(slots) or list(BIT_OF),
    }
    schema = empty("venues").collect_schema()
    return pl.DataFrame([row], schema=schema)


def check_slots(slots: Sequence[str]) -> None:
    """Refuse what is no weekly slot.

    Raises:
        PlanningError: names it.
    """
    wrong = [slot for slot in slots if slot not in BIT_OF]
    if wrong:
        message = f"{wrong[0]!r} is no slot; expected 1 to 7 with M, A or E, such as 3E"
        raise PlanningError(message)
