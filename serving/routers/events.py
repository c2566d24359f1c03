"""``POST /v1/events``."""

from typing import Annotated

from fastapi import APIRouter, Body

from serving.bodies import JsonRoute
from serving.errors import documented
from serving.intake import take
from serving.routers.dependencies import CurrentState
from serving.routers.examples import EVENTS
from serving.schemas.events import EventsAnswer, EventsRequest

router = APIRouter(prefix="/v1", tags=["learners"], route_class=JsonRoute)


@router.post(
    "/events",
    summary="What was shown and what was done",
    responses=documented(400, 413, 415, 422, 503),
)
def post_events(
    request: Annotated[EventsRequest, Body(openapi_examples=EVENTS)], state: CurrentState
) -> EventsAnswer:
    """Write up to 1,000 events, each answered for itself, in order.

    Idempotent by ``event_id``: what is sent again is a ``duplicate``, so a call that was cut
    off can simply be repeated. The answer comes after the commit, and the learner's very next
    list reflects what was accepted.
    """
    return take(state, request)
