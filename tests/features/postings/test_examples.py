"""The examples in the docstrings hold."""

import doctest
import importlib
import pkgutil

import pytest

import features.postings

MODULES = sorted(
    found.name for found in pkgutil.iter_modules(features.postings.__path__, "features.postings.")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
