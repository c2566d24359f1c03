"""``POST /v1/recommend``."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Body

from serving.bodies import JsonRoute
from serving.errors import documented
from serving.lists import recommend
from serving.logs import log, pseudonym
from serving.routers.dependencies import CurrentState
from serving.routers.examples import RECOMMEND
from serving.schemas.recommend import RecommendAnswer, RecommendRequest

router = APIRouter(prefix="/v1", tags=["learners"], route_class=JsonRoute)


@router.post(
    "/recommend",
    summary="The sections for a learner, with reasons",
    responses=documented(400, 413, 415, 422, 503),
)
def post_recommend(
    request: Annotated[RecommendRequest, Body(openapi_examples=RECOMMEND)], state: CurrentState
) -> RecommendAnswer:
    """The next sections for a learner, best first, each with its reasons.

    An unknown learner, an anonymous visit and a learner who turned personalisation off get a
    list that isn't personal, never an error. Events sent before this call count in it.
    """
    answer = recommend(state, request, list_id=str(uuid4()))
    log.info(
        "recommended",
        learner=pseudonym(request.learner_id or request.session),
        list_id=answer.list_id,
        policy=answer.meta.policy,
        items=len(answer.items),
        fallback=answer.meta.fallback,
    )
    return answer
