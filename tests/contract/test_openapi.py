"""The API is what its description says, and the description is whole."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

# A schema can't say "no unassigned character" or "at most 128 bytes", as ids have it; over ASCII
# what it says is exact, and every request that holds it has to be taken.
CONFIG = SchemathesisConfig.from_dict({"generation": {"codec": "ascii"}})
METHODS = ("get", "post", "put", "patch", "delete")
POSTS = (
    "/v1/recommend",
    "/v1/events",
    "/v1/why-not",
    "/v1/path",
    "/v1/plan",
    "/v1/site-advice",
)
TABLES = ("/v1/demand", "/v1/gaps", "/v1/gaps/evidence", "/v1/coverage", "/v1/targets")


def operations(openapi: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): item[method]
        for path, item in openapi["paths"].items()
        for method in METHODS
        if method in item
    }


def test_the_description_is_valid_openapi(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(openapi).validate()


def test_every_operation_is_described(openapi: dict[str, Any]) -> None:
    described = operations(openapi)
    assert set(described) == {
        ("post", "/v1/recommend"),
        ("post", "/v1/events"),
        ("post", "/v1/why-not"),
        ("post", "/v1/path"),
        ("post", "/v1/plan"),
        ("post", "/v1/site-advice"),
        *(("get", path) for path in TABLES),
        ("get", "/health/live"),
        ("get", "/health/ready"),
    }
    for operation in described.values():
        assert operation["summary"]
        assert operation["description"]


def test_every_error_is_described_as_a_problem_document(openapi: dict[str, Any]) -> None:
    for (method, path), operation in operations(openapi).items():
        errors = {status: of for status, of in operation["responses"].items() if status != "200"}
        assert "500" in errors, path
        assert method == "get" or {"400", "413", "415", "422", "503"} <= set(errors), path
        for error in errors.values():
            assert list(error["content"]) == ["application/problem+json"]
            (content,) = error["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "HTTPValidationError" not in openapi["components"]["schemas"]


def test_every_field_of_a_request_is_explained(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    for name in (
        "RecommendRequest",
        "Context",
        "Filter",
        "EventIn",
        "WhyNotRequest",
        "PathRequest",
        "PlanRequest",
        "SiteRequest",
    ):
        assert schemas[name]["additionalProperties"] is False
        for field, schema in schemas[name]["properties"].items():
            assert schema.get("description") or "$ref" in schema, f"{name}.{field}"


@pytest.mark.parametrize("path", POSTS)
def test_the_examples_hold_their_schema_and_work(
    client: Any, openapi: dict[str, Any], path: str
) -> None:
    content = openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    validator = Draft202012Validator({**content["schema"], "components": openapi["components"]})
    assert content["examples"]
    for example in content["examples"].values():
        assert example["summary"]
        validator.validate(example["value"])
        response = client.post(path, json=example["value"])
        assert response.status_code == 200, response.text
        if path == "/v1/events":
            assert response.json()["rejected"] == 0


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        *(("POST", path, mode) for path in POSTS for mode in schemathesis.GenerationMode),
        *(("GET", path, mode) for path in TABLES for mode in schemathesis.GenerationMode),
        ("GET", "/health/live", schemathesis.GenerationMode.POSITIVE),
        ("GET", "/health/ready", schemathesis.GenerationMode.POSITIVE),
    ],
)
def test_no_request_breaks_the_contract(
    app: FastAPI, method: str, path: str, mode: schemathesis.GenerationMode
) -> None:
    operation = schemathesis.openapi.from_asgi("/openapi.json", app, config=CONFIG)[path][method]
    # A value in a query has no type: `indicator=false` is the text "false" in a list of one.
    spared = [negative_data_rejection] if path in TABLES else []

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(excluded_checks=spared)

    holds()
