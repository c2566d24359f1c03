"""Rerankers: one file each, found by walking this folder."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from recsys.stages import Reranker

__all__ = ["discover"]


@cache
def discover() -> Mapping[str, type[Reranker]]:
    """Every reranker of this folder by name, in alphabetical order."""
    modules = [
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    ]
    rerankers = {
        item.name: item
        for module in modules
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, Reranker) and item is not Reranker
    }
    return MappingProxyType(dict(sorted(rerankers.items())))
