"""``GET /v1/demand``, ``gaps``, ``gaps/evidence``, ``coverage``, ``targets``: tables by pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from data.vocab import DIVISION_LEVELS
from serving.catalogue import iso
from serving.errors import documented
from serving.planning.pages import page_of
from serving.routers.dependencies import CurrentState
from serving.schemas.fields import DivisionCode, Id, OneOf
from serving.schemas.planning import (
    CoveragePage,
    DemandPage,
    EvidencePage,
    GapPage,
    Month,
    TargetPage,
)
from serving.state import State

router = APIRouter(prefix="/v1", tags=["planners"])

MOST_ROWS = 1000

Divisions = Annotated[
    list[DivisionCode] | None,
    Query(max_length=100, description="Only these divisions; repeatable."),
]
SkillIds = Annotated[
    list[Id] | None, Query(max_length=100, description="Only these skills; repeatable.")
]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Rows of one page at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next_cursor` of the page before; left out, the first."),
]
MISSES = documented(404, 409, 422, 503)


@router.get("/demand", summary="Which skills are asked for, where", responses=MISSES)
def get_demand(
    state: CurrentState,
    division_code: Divisions = None,
    skill_id: SkillIds = None,
    month: Annotated[
        list[Month] | None,
        Query(max_length=60, description="Only these months, such as 2025-08; repeatable."),
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> DemandPage:
    """Persons sought by month, division and skill, with their interval and what they rest on.

    The first call after a start works the table out, which takes a while: a 503 then says when
    to come again.
    """
    months = [date.fromisoformat(f"{text}-01") for text in month or ()]
    wanted = {"division_code": division_code or (), "skill_id": skill_id or (), "month": months}
    return DemandPage.model_validate(_page(state, "demand", wanted, limit, cursor))


@router.get("/gaps", summary="Which skills are short, where and how surely", responses=MISSES)
def get_gaps(
    state: CurrentState,
    division_code: Divisions = None,
    skill_id: SkillIds = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> GapPage:
    """Districts and skills of the last month, the surest and largest shortage first.

    Counts of fewer than ten jobseekers shape no figure but as "fewer than ten".
    """
    wanted = {"division_code": division_code or (), "skill_id": skill_id or ()}
    return GapPage.model_validate(_page(state, "gaps", wanted, limit, cursor))


@router.get(
    "/gaps/evidence", summary="Which advertisements stand behind the gaps", responses=MISSES
)
def get_evidence(
    state: CurrentState,
    division_code: Divisions = None,
    skill_id: SkillIds = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> EvidencePage:
    """Ids of the last twelve months' advertisements by district and skill.

    As many as `evidence` of the gap's row says; copies of a vacancy are among them.
    """
    wanted = {"division_code": division_code or (), "skill_id": skill_id or ()}
    return EvidencePage.model_validate(_page(state, "evidence", wanted, limit, cursor))


@router.get(
    "/coverage", summary="Who lives within 15 and 30 minutes of a section", responses=MISSES
)
def get_coverage(
    state: CurrentState,
    division_code: Divisions = None,
    level: Annotated[
        list[Annotated[str, OneOf(DIVISION_LEVELS)]] | None,
        Query(max_length=4, description="Only divisions of these levels; repeatable."),
    ] = None,
    circle: Annotated[
        list[Id] | None, Query(max_length=10, description="Only these circles; repeatable.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> CoveragePage:
    """Residents in reach of a suitable section by division, age band and access need.

    The persons of a division are exactly those of the divisions in it.
    """
    wanted = {
        "division_code": division_code or (),
        "level": level or (),
        "circle": circle or (),
    }
    return CoveragePage.model_validate(_page(state, "coverage", wanted, limit, cursor))


@router.get("/targets", summary="How the targets of the city's plan stand", responses=MISSES)
def get_targets(
    state: CurrentState,
    division_code: Divisions = None,
    indicator: Annotated[
        list[Id] | None, Query(max_length=50, description="Only these indicators; repeatable.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> TargetPage:
    """Each target as value, numerator, denominator and definition, against its path.

    What the tables can't tell is null, with what they lack in words.
    """
    wanted = {"division_code": division_code or (), "indicator": indicator or ()}
    return TargetPage.model_validate(_page(state, "targets", wanted, limit, cursor))


def _page(
    state: State,
    name: str,
    wanted: Mapping[str, Sequence[object]],
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of a table, with what every page says of it."""
    tables = state.tables
    page = page_of(
        tables.kept.of(name),
        wanted,
        limit=limit,
        cursor=cursor,
        release=f"{name} {tables.snapshot_id} {tables.month}",
    )
    return {
        "as_of": iso(tables.moment),
        "snapshot_id": tables.snapshot_id,
        "total": page.total,
        "next_cursor": page.next_cursor,
        "rows": page.rows,
    }
