"""Named cities, and parameters from ``name=value`` texts."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from data.errors import DataError
from data.simulate.params import SimulationParams
from data.simulate.place.districts import DISTRICTS

PRESETS: Final[Mapping[str, SimulationParams]] = MappingProxyType(
    {
        "tiny": SimulationParams(),
        "pilot": SimulationParams(
            districts=("330113", "330114", "330111"),
            learners=20_000,
            sections_per_term=360,
            history_terms=4,
            postings=40_000,
            labour_months=24,
        ),
        "city": SimulationParams(
            districts=tuple(DISTRICTS),
            learners=1_000_000,
            sections_per_term=21_500,
            history_terms=5,
            judged_learners=500,
            postings=3_000_000,
            labour_months=36,
        ),
    }
)
"""``tiny`` is 临平 alone; ``pilot`` the city plan's three pilot districts 临平, 钱塘, 富阳;
``city`` all thirteen, with a million learners and more than 20,000 open sections."""


class SimulationError(DataError):
    """A preset or parameter that doesn't exist or can't have that value."""


def preset(name: str, settings: Sequence[str] = ()) -> SimulationParams:
    """The named preset with some parameters replaced.

    Args:
        name: a key of ``PRESETS``.
        settings: ``name=value`` texts; a value is read as JSON, else as text.

    Raises:
        SimulationError: unknown preset or parameter, or a value out of range.
    """
    if name not in PRESETS:
        message = f"unknown preset {name!r}; the presets are {', '.join(PRESETS)}"
        raise SimulationError(message)
    given = dict(_setting(text) for text in settings)
    return checked({**PRESETS[name].model_dump(), **given})


def checked(values: Mapping[str, Any]) -> SimulationParams:
    """Parameters from plain values.

    Raises:
        SimulationError: names each parameter that can't have its value.
    """
    try:
        params = SimulationParams.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors()
        )
        message = f"these parameters can't be simulated: {faults}"
        raise SimulationError(message) from error
    return _with_known_districts(params)


def _setting(text: str) -> tuple[str, Any]:
    """One ``name=value`` text."""
    name, equals, value = text.partition("=")
    if not equals or name not in SimulationParams.model_fields:
        known = ", ".join(SimulationParams.model_fields)
        message = f"{text!r} sets no parameter; write name=value with one of: {known}"
        raise SimulationError(message)
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _with_known_districts(params: SimulationParams) -> SimulationParams:
    unknown = sorted(set(params.districts) - set(DISTRICTS))
    if unknown or len(set(params.districts)) < len(params.districts):
        known = ", ".join(DISTRICTS)
        message = f"districts must be different codes of {known}; got {unknown or params.districts}"
        raise SimulationError(message)
    return params
