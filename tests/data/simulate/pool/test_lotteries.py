import numpy as np
import pytest

from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.pool.sections import LOTTERY, RECORDED
from tests.data.simulate.pool.conftest import Schedule, Scheduled


@pytest.mark.parametrize(("programme", "share"), [("night_school", 0.35), ("senior", 0.32)])
def test_a_programme_draws_lots_for_its_share_of_sections(
    pilot: Scheduled, programme: str, share: float
) -> None:
    for planned in pilot.schedule:
        here = pilot.courses.programme[planned.course] == PROGRAMME_INDEX[programme]
        here &= planned.mode != RECORDED
        assert (planned.rule[here] == LOTTERY).mean() == pytest.approx(share, abs=0.04)


def test_appealing_courses_draw_lots_more_often(pilot: Scheduled) -> None:
    courses, planned = pilot.courses, pilot.schedule[-1]
    here = courses.programme[planned.course] == PROGRAMME_INDEX["night_school"]
    appeal = courses.popularity[planned.course[here]]
    lots = planned.rule[here] == LOTTERY
    low, middle, high = np.quantile(appeal, [0.25, 0.5, 0.75])
    assert lots[appeal > high].mean() > 2 * lots[appeal < low].mean()
    assert lots[appeal < middle].any()


def test_viral_courses_in_a_room_always_draw_lots(pilot: Scheduled) -> None:
    for planned in pilot.schedule:
        viral = pilot.courses.viral[planned.course] & (planned.mode != RECORDED)
        assert viral.any()
        assert (planned.rule[viral] == LOTTERY).all()


def test_without_appeal_lots_fall_by_chance(scheduled: Schedule) -> None:
    made = scheduled(sections_per_term=1500, lottery_appeal=0.0, viral_share=0.0)
    courses, planned = made.courses, made.schedule[-1]
    here = courses.programme[planned.course] == PROGRAMME_INDEX["night_school"]
    lots = planned.rule[here] == LOTTERY
    appeal = courses.popularity[planned.course[here]]
    assert abs(appeal[lots].mean() - appeal[~lots].mean()) < 0.15


def test_shares_and_seats_are_knobs(scheduled: Schedule) -> None:
    made = scheduled(
        sections_per_term=400, senior_share=1.0, senior_lottery_share=0.2, senior_seats=(10, 12)
    )
    planned = made.schedule[-1]
    senior = made.courses.programme[planned.course] == PROGRAMME_INDEX["senior"]
    assert senior.mean() == pytest.approx(1 / 1.8, abs=0.04)
    room = senior & (planned.mode != RECORDED)
    assert set(planned.capacity[room].tolist()) == {10, 11, 12}
    assert (planned.rule[room] == LOTTERY).mean() < 0.3
