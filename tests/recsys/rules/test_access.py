from collections.abc import Callable

import pytest

from data.vocab import ACCESS_NEEDS, MODES
from recsys.types import LearnerQuery

Ask = Callable[..., LearnerQuery]
Keeps = Callable[..., bool]


@pytest.mark.parametrize("need", ACCESS_NEEDS)
@pytest.mark.parametrize("mode", MODES)
def test_a_confirmed_need_is_met_in_every_mode(
    keeps: Keeps, ask: Ask, need: str, mode: str
) -> None:
    assert keeps("access", ask(needs=frozenset({need})), mode=mode, **{need: True})


@pytest.mark.parametrize("need", ACCESS_NEEDS)
@pytest.mark.parametrize("answer", [None, False])
@pytest.mark.parametrize("mode", ["offline", "dual"])
def test_an_unconfirmed_need_is_unmet_in_a_room(
    keeps: Keeps, ask: Ask, need: str, answer: bool | None, mode: str
) -> None:
    assert not keeps("access", ask(needs=frozenset({need})), mode=mode, **{need: answer})


@pytest.mark.parametrize("mode", ["online_live", "online_recorded"])
@pytest.mark.parametrize("need", ["step_free", "accessible_toilet"])
def test_an_online_section_has_no_door_to_fail(
    keeps: Keeps, ask: Ask, mode: str, need: str
) -> None:
    assert keeps("access", ask(needs=frozenset({need})), mode=mode, **{need: None})


@pytest.mark.parametrize("mode", ["online_live", "online_recorded"])
@pytest.mark.parametrize("need", ["hearing_loop", "captions", "sign_language", "screen_reader"])
def test_what_helps_to_follow_a_class_must_be_confirmed_online_too(
    keeps: Keeps, ask: Ask, mode: str, need: str
) -> None:
    assert not keeps("access", ask(needs=frozenset({need})), mode=mode, **{need: None})


def test_a_step_free_entrance_does_not_imply_an_accessible_toilet(keeps: Keeps, ask: Ask) -> None:
    both = ask(needs=frozenset({"step_free", "accessible_toilet"}))
    assert not keeps("access", both, step_free=True)


def test_without_needs_nothing_is_refused(keeps: Keeps, ask: Ask) -> None:
    assert keeps("access", ask(), step_free=False)
