import itertools
from datetime import date

import numpy as np
import polars as pl
import pytest

from data.simulate.files.forms import conformed
from data.simulate.labour.market import jobseeker_rows, vacancy_rows
from data.simulate.labour.season import labour_months, season
from data.simulate.labour.ties import ties
from data.simulate.params import SimulationParams
from data.simulate.presets import SimulationError
from data.simulate.topics import skills
from data.tables import TABLES
from data.vocabulary.lunar import NEW_YEARS
from tests.data.simulate.labour.conftest import Market, market_of


def relative(year: int, *months: int) -> list[float]:
    """Season of some months of a year."""
    days = tuple(date(year, month, 1) for month in months)
    return [float(value) for value in season(SimulationParams(), days)]


def test_the_new_year_always_falls_between_21_january_and_20_february() -> None:
    years = [day.year for day in NEW_YEARS]
    assert years == list(range(2019, 2031))
    assert all((1, 21) <= (day.month, day.day) <= (2, 20) for day in NEW_YEARS)


def test_hiring_dips_in_the_month_of_the_new_year_and_rushes_after_it() -> None:
    for early in (2020, 2023, 2025):
        january, february = relative(early, 1, 2)
        assert january < 0.8 < february
    for late in (2021, 2024, 2026):
        january, february, march = relative(late, 1, 2, 3)
        assert february < january
        assert february < 0.9
        assert march > 1.3


def test_drawn_vacancies_follow_the_season(region: Market) -> None:
    monthly = region.labour.vacancies.sum(axis=(1, 2))
    expected = season(region.params, region.labour.months)
    assert np.corrcoef(monthly, expected)[0, 1] > 0.9


def test_labour_months_end_before_the_month_of_the_cut_off() -> None:
    months = labour_months(SimulationParams(labour_months=14, open_term="2025秋"))
    assert len(months) == 14
    assert months[-1] == date(2025, 8, 1)
    for before, after in itertools.pairwise(months):
        assert (after - before).days in range(28, 32)


@pytest.mark.parametrize("term", ["2019春", "2036秋"])
def test_years_whose_new_year_is_unknown_are_refused(term: str) -> None:
    with pytest.raises(SimulationError, match="lunar New Year is known for 2019-2030"):
        labour_months(SimulationParams(open_term=term))


def test_every_opening_names_its_skill_among_those_of_its_occupation(region: Market) -> None:
    openings, known = region.labour.openings, ties().skill
    asked = known[openings.occupation]
    bits = (openings.named[:, None] >> np.arange(known.shape[1])) & 1
    assert (asked[bits.astype(bool)] >= 0).all()
    assert ((asked == openings.lead[:, None]) & (bits == 1)).any(axis=1).all()
    assert 1.2 < bits.sum() / len(openings) < 4


def test_true_vacancies_count_the_persons_of_each_opening_that_names_the_skill(
    region: Market,
) -> None:
    openings, known = region.labour.openings, ties().skill
    district, skill = region.planted.cells("gap")
    for home, wanted in zip(district.tolist(), skill.tolist(), strict=True):
        asks = (known[openings.occupation] == wanted) & (
            (openings.named[:, None] >> np.arange(known.shape[1])) & 1
        ).astype(bool)
        here = asks.any(axis=1) & (openings.district == home)
        persons = np.bincount(openings.month[here], openings.headcount[here], 12)
        assert persons.tolist() == region.labour.vacancies[:, home, wanted].tolist()


def test_where_nothing_is_planted_jobseekers_about_meet_the_vacancies(region: Market) -> None:
    free = region.labour.kind < 0
    wanted = region.labour.vacancies.sum(axis=0)[free]
    seekers = region.labour.seekers.sum(axis=0)[free]
    assert 1.0 < seekers.sum() / wanted.sum() < 1.4
    large = wanted > 100
    assert (seekers[large] > 0.8 * wanted[large]).mean() > 0.99


def test_jobseekers_are_counted_by_occupation_and_by_skill_never_both(region: Market) -> None:
    frame = jobseeker_rows(region.labour, region.city, region.streams)
    TABLES["jobseekers"].validate(conformed("jobseekers", frame))
    kinds = frame.group_by("month").agg(
        pl.col("occupation_code").count(), pl.col("skill_id").count()
    )
    assert kinds.height == 12
    assert (kinds["occupation_code"] == 13 * len(ties().codes)).all()
    assert (kinds["skill_id"] == 13 * int(ties().asked.sum())).all()


def test_published_jobseekers_by_skill_are_the_true_ones(region: Market) -> None:
    frame = jobseeker_rows(region.labour, region.city, region.streams)
    assert frame.filter(pl.col("skill_id").is_not_null())["seekers"].sum() == int(
        region.labour.seekers.sum()
    )


def test_an_official_stock_is_the_months_vacancies_and_half_of_those_before(
    region: Market,
) -> None:
    frame = vacancy_rows(region.labour, region.city)
    TABLES["vacancies"].validate(conformed("vacancies", frame))
    openings = region.labour.openings
    new = np.bincount(openings.month, openings.headcount, 12)
    stocks = frame.group_by("month").agg(pl.col("vacancies").sum()).sort("month")["vacancies"]
    expected = new + np.concatenate([[0], new[:-1]]) / 2
    assert stocks.to_numpy() == pytest.approx(expected, rel=0.02)
    assert frame["industry"].n_unique() > 8


def test_the_same_seed_gives_the_same_market_and_another_another() -> None:
    params = SimulationParams(postings=800)
    one, same, other = (market_of(params, seed).labour for seed in (3, 3, 4))
    assert np.array_equal(one.vacancies, same.vacancies)
    assert np.array_equal(one.seekers, same.seekers)
    assert not np.array_equal(one.vacancies, other.vacancies)


def test_only_skills_that_some_occupation_asks_for_are_wanted(region: Market) -> None:
    silent = np.flatnonzero(~ties().asked)
    assert region.labour.vacancies[:, :, silent].sum() == 0
    assert region.labour.vacancies.sum(axis=(0, 1))[ties().asked].min() > 0
    assert len(silent) < len(skills())
