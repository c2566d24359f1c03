"""``POST /v1/path``."""

from typing import Annotated

from fastapi import APIRouter, Body

from serving.bodies import JsonRoute
from serving.errors import documented
from serving.paths import path
from serving.routers.dependencies import CurrentState
from serving.routers.examples import PATH
from serving.schemas.path import PathAnswer, PathRequest

router = APIRouter(prefix="/v1", tags=["learners"], route_class=JsonRoute)


@router.post(
    "/path",
    summary="The courses that lead to an occupation or a skill",
    responses=documented(400, 404, 413, 415, 422, 503),
)
def post_path(
    request: Annotated[PathRequest, Body(openapi_examples=PATH)], state: CurrentState
) -> PathAnswer:
    """How far a learner is, the courses that close the gap, and how far they lead.

    Courses build on each other by prerequisites, levels and dates; hard rules hold for every
    section. The answer says whether it is proven to be the best, and what bounds it otherwise.
    """
    return path(state, request)
