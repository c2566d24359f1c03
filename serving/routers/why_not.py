"""``POST /v1/why-not``."""

from typing import Annotated

from fastapi import APIRouter, Body

from serving.bodies import JsonRoute
from serving.errors import documented
from serving.questions import why_not
from serving.routers.dependencies import CurrentState
from serving.routers.examples import WHY_NOT
from serving.schemas.why_not import WhyNotAnswer, WhyNotRequest

router = APIRouter(prefix="/v1", tags=["learners"], route_class=JsonRoute)


@router.post(
    "/why-not",
    summary="Why a learner doesn't see a section",
    responses=documented(400, 404, 413, 415, 422, 503),
)
def post_why_not(
    request: Annotated[WhyNotRequest, Body(openapi_examples=WHY_NOT)], state: CurrentState
) -> WhyNotAnswer:
    """The rule that left a section out, and the least change that would bring it in.

    A section that no rule left out is answered with its place.
    """
    return why_not(state, request)
