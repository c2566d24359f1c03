"""The examples in the docstrings are checked by hand; here they are checked by the machine."""

import doctest
import importlib
import pkgutil

import pytest

import training
from training.metrics import breadth, intervals, lists, ranking

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(training.__path__, "training.")
    if not found.name.startswith("training.cli")
)


@pytest.mark.parametrize("name", [*MODULES, "training.cli.evaluate"])
def test_the_examples_of_the_docstrings_hold(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


@pytest.mark.parametrize(
    "metric",
    [
        ranking.recall,
        ranking.precision,
        ranking.ndcg,
        ranking.average_precision,
        breadth.coverage,
        breadth.novelty,
        intervals.bootstrap,
        lists.top_items,
        lists.judge,
    ],
)
def test_every_metric_has_an_example(metric: object) -> None:
    assert ">>>" in (metric.__doc__ or "")
