"""Hard rules: one function each, found by walking this folder.

A rule's name is the reason code of the sections it refuses; the first two lines of its
docstring are what the learner reads, in English and in Chinese.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from recsys.rules.declaration import Rule, rule

__all__ = ["Rule", "all_rules", "rule"]


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule of this folder by name, in alphabetical order."""
    modules = [
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    ]
    rules = {
        item.name: item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, Rule)
    }
    return MappingProxyType(dict(sorted(rules.items())))
