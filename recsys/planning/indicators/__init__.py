"""The city plan's targets: one small function each, found by walking this folder.

An indicator's name is that of the targets' column ``indicator``; the first two lines of its
docstring are its definition, in English and in Chinese.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from recsys.planning.indicators.declaration import Indicator, Measured, Missing, indicator

__all__ = ["Indicator", "Measured", "Missing", "all_indicators", "indicator"]


@cache
def all_indicators() -> Mapping[str, Indicator]:
    """Every indicator of this folder by name, in alphabetical order."""
    modules = [
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    ]
    found = {
        item.name: item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, Indicator)
    }
    return MappingProxyType(dict(sorted(found.items())))
