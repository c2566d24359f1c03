"""The one door through which the interest tables leave."""

import polars as pl


def released(table: pl.DataFrame) -> pl.DataFrame:
    """The table as it may be shown to whoever plans.

    Small cells are held back here once ``data.privacy.suppression`` is merged. Each count comes
    with the distinct people behind it: ``applications`` with ``applicants``, ``lost`` and
    ``wanted`` with ``persons``, ``applications_here`` with ``applicants_here``, searches with
    ``callers``.
    """
    return table
