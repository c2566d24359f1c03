"""Scorers: one file each, found by walking this folder; none has to be registered."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from recsys.stages import Scorer

__all__ = ["discover"]


@cache
def discover() -> Mapping[str, type[Scorer]]:
    """Every scorer of this folder by name, in alphabetical order.

    Abstract bases that scorers share are left out.
    """
    modules = [
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    ]
    scorers = {
        item.name: item
        for module in modules
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, Scorer) and not inspect.isabstract(item)
    }
    return MappingProxyType(dict(sorted(scorers.items())))
