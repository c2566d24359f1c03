"""AutoETS of statsforecast on many series: run by an interpreter that has it.

    python forecast.py SERIES.parquet HORIZON OUT.parquet

SERIES: unique_id, ds (a month's first day), y; OUT: unique_id, ds, AutoETS.
"""

import sys

import polars as pl
from statsforecast import StatsForecast
from statsforecast.models import AutoETS


def main() -> None:
    """Fit each series and forecast the months after its end."""
    series, horizon, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    frame = pl.read_parquet(series)
    model = StatsForecast(models=[AutoETS(season_length=12)], freq="1mo", n_jobs=1)
    model.forecast(df=frame, h=horizon).write_parquet(target)


if __name__ == "__main__":
    main()
