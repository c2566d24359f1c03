"""Skills and occupations of a city: the snapshot's own tables, else the built-in vocabulary."""

from datetime import datetime

import polars as pl

from data.city import City
from data.vocabulary import builtin
from features.asof import known


def vocabulary(city: City, table: str, as_of: datetime) -> pl.LazyFrame:
    """Rows of ``skills``, ``occupations`` or ``occupation_skills``.

    Args:
        city: any snapshot.
        table: one of the three.
        as_of: the cut-off, with an offset from UTC.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
        ContractError: another table.
    """
    return known(city, table, as_of) if city.has(table) else builtin(table).lazy()
