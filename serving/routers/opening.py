"""``POST /v1/plan`` and ``POST /v1/site-advice``."""

from typing import Annotated

from fastapi import APIRouter, Body

from serving.bodies import JsonRoute
from serving.errors import documented
from serving.routers.dependencies import CurrentState
from serving.routers.examples import PLAN, SITE_ADVICE
from serving.schemas.opening import PlanAnswer, PlanRequest, SiteAnswer, SiteRequest

router = APIRouter(prefix="/v1", tags=["planners"], route_class=JsonRoute)

MISSES = documented(400, 409, 413, 415, 422, 503)


@router.post("/plan", summary="What to open next term, where and with whom", responses=MISSES)
def post_plan(
    request: Annotated[PlanRequest, Body(openapi_examples=PLAN)], state: CurrentState
) -> PlanAnswer:
    """Sections that close most of what is short and wanted, within a budget and its floors.

    The answer says how far the best plan there is could lie above it. One search at a time.
    """
    return state.tables.planning.plan(request)


@router.post("/site-advice", summary="What to open in a room", responses=MISSES)
def post_site_advice(
    request: Annotated[SiteRequest, Body(openapi_examples=SITE_ADVICE)], state: CurrentState
) -> SiteAnswer:
    """Courses for a room by what they bring, or places for the next micro-spaces."""
    return state.tables.planning.advice(request)
