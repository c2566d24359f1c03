"""Pydantic's faults in words that name the field and what is allowed, never what was sent."""

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeGuard, get_args, get_type_hints

from pydantic import BaseModel

from serving.schemas.problem import FieldProblem

MOST_FAULTS: Final = 20
"""Faults reported at once."""

_NAME: Final = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")


def field_problems(
    faults: Sequence[Mapping[str, Any]], model: type[BaseModel] | None
) -> list[FieldProblem]:
    """The first faults, each with its path in the body.

    Args:
        faults: what ``ValidationError.errors()`` gives.
        model: the body's model, to list the known fields beside an unknown one.
    """
    return [_problem(fault, model) for fault in faults[:MOST_FAULTS]]


@cache
def model_of(endpoint: object) -> type[BaseModel] | None:
    """The wire model that an endpoint takes as its body."""
    if not inspect.isfunction(endpoint):
        return None
    hints = {name: hint for name, hint in get_type_hints(endpoint).items() if name != "return"}
    return next((hint for hint in hints.values() if _is_model(hint)), None)


def _problem(fault: Mapping[str, Any], model: type[BaseModel] | None) -> FieldProblem:
    steps = [step for step in fault["loc"] if step != "body"]
    path = ".".join(_step(step) for step in steps) or "body"
    return FieldProblem(path=path, expected=_expected(fault, steps, model))


def _step(step: str | int) -> str:
    """A step of the path; a field name that we don't have is the sender's text: only if tame."""
    if isinstance(step, int):
        return str(step)
    return step if _NAME.match(step) else "(unnamed)"


def _expected(
    fault: Mapping[str, Any], steps: Sequence[str | int], model: type[BaseModel] | None
) -> str:
    if fault["type"] == "extra_forbidden":
        return _unknown_field(steps, model)
    if fault["type"] == "missing":
        return "this field is required" if steps else "a JSON object is required as the body"
    if fault["type"] in ("model_type", "model_attributes_type"):
        return "a JSON object"
    return str(fault["msg"]).removeprefix("Value error, ")


def _unknown_field(steps: Sequence[str | int], model: type[BaseModel] | None) -> str:
    known = _fields_at(model, steps[:-1])
    return "unknown field" + (f"; known are {', '.join(known)}" if known else "")


def _fields_at(model: type[BaseModel] | None, steps: Sequence[str | int]) -> list[str]:
    """The fields of the model that a path leads to; empty when it leads to none."""
    for step in steps:
        if model is None or isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        model = _model_in(field.annotation) if field else None
    return list(model.model_fields) if model else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The wire model inside an annotation such as ``list[Model] | None``."""
    if _is_model(annotation):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return inspect.isclass(annotation) and issubclass(annotation, BaseModel)
