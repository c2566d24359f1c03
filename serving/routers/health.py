"""``GET /health/live`` and ``GET /health/ready``."""

from fastapi import APIRouter

from serving.catalogue import iso
from serving.errors import documented
from serving.routers.dependencies import CurrentState
from serving.schemas.health import Live, Ready

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="The process answers")
async def get_live() -> Live:
    """200 as long as the process answers at all."""
    return Live()


@router.get("/ready", summary="What is loaded", responses=documented(503))
async def get_ready(state: CurrentState) -> Ready:
    """200 with what is loaded, 503 until a snapshot and a model are."""
    manifest = state.bundle.manifest
    return Ready(
        snapshot_id=state.snapshot_id,
        model_version=manifest.model_version,
        data_as_of=iso(state.data_as_of),
        model_as_of=iso(manifest.as_of),
        clock=state.clock.kind,
        sections=len(state.catalogue),
        policies=sorted(state.bundle.policies),
        scorers=sorted(state.bundle.scorers),
        absent_scorers=dict(manifest.absent),
    )
