from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from training.judge.errors import JudgeError
from training.judge.pairs import read_pairs
from training.judge.recommendations import judge_recommendations
from training.judge.truth import Truth, open_truth
from training.judge.values import best_lists, blocks

Street = dict[str, dict[str, Any]]
TruthOf = Callable[..., Truth]
ListsOf = Callable[..., Path]


def judged(truth: Truth, path: Path, k: int = 2, **baselines: Path) -> dict[str, Any]:
    return judge_recommendations(truth, path, baselines=baselines, k=k, seed=0)


def without(street: Street, table: str, *columns: str) -> Street:
    """The street, with columns of one table not told."""
    kept = {name: values for name, values in street[table].items() if name not in columns}
    return {**street, table: kept}


def random_town(seed: int, learners: int = 30, sections: int = 12) -> dict[str, Any]:
    """Required columns only; a fifth of the pairs can't be."""
    rng = np.random.default_rng(seed)
    chance = rng.random(learners * sections) * (rng.random(learners * sections) > 0.2)
    return {
        "learner_id": [f"l{n:02}" for n in range(learners) for _ in range(sections)],
        "section_id": [f"s{n:02}" for _ in range(learners) for n in range(sections)],
        "apply_probability": chance,
    }


def oracle_lists(truth: Truth, k: int) -> dict[str, list[str]]:
    pairs = read_pairs(truth)
    return {
        learner: [pairs.sections[column] for column in row if column >= 0]
        for learner, row in zip(pairs.learners, best_lists(pairs, k).tolist(), strict=True)
    }


def test_value_is_the_chance_of_applying_over_k_places(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    """a is shown .5 and a barred section, b only .6; the best would be .5 + .4 and .6 + .3."""
    found = judged(truth_of(**street), lists_of(a=["s1", "s3"], b=["s2"]))
    assert found["value_at_2"] == pytest.approx((0.5 / 2 + 0.6 / 2) / 2)
    assert found["oracle_at_2"] == pytest.approx((0.9 / 2 + 0.9 / 2) / 2)
    assert found["value_at_2_over_oracle"] == pytest.approx(0.275 / 0.45)
    low, high = found["value_at_2_over_oracle_interval"]
    assert low == pytest.approx(0.25 / 0.45)
    assert high == pytest.approx(0.3 / 0.45)


def test_baselines_of_the_truth_keep_the_hard_rules(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    """Popular shows a s2, s1 and b s3, s2; nearest a s1, s4 and b s3, s1: s2 is online."""
    found = judged(truth_of(**street), lists_of(a=["s1"], b=["s2"]))["baselines"]
    assert list(found) == ["random", "popular", "nearest"]
    assert found["random"]["value_at_2"] == pytest.approx((1.0 / 3 + 1.1 / 3) / 2)
    assert found["popular"]["value_at_2"] == pytest.approx(0.45)
    assert found["nearest"]["value_at_2"] == pytest.approx((0.6 / 2 + 0.5 / 2) / 2)
    assert found["nearest"]["ours_over_it"] == pytest.approx(0.275 / 0.275)


def test_a_short_choice_makes_a_blind_list_short_too(truth_of: TruthOf, lists_of: ListsOf) -> None:
    """One allowed section of .8 fills one place of two."""
    truth = truth_of(
        apply_probability={
            "learner_id": ["a", "a"],
            "section_id": ["s1", "s2"],
            "apply_probability": [0.8, 0.0],
        }
    )
    found = judged(truth, lists_of(a=["s1"]))
    assert found["baselines"]["random"]["value_at_2"] == pytest.approx(0.4)


def test_a_barred_pair_counts_under_its_rule_at_any_rank(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    path = lists_of(a=["s1", "s2", "s3", "s9"], b=["s4"])
    found = judged(truth_of(**street), path, k=1)
    assert found["violations"] == {"access": 1, "not_open": 1, "seats": 1}
    assert (found["violations_total"], found["shown_pairs"]) == (3, 5)


def test_without_rules_a_pair_of_no_chance_is_not_allowed(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    truth = truth_of(**without(street, "apply_probability", "barred_by"))
    assert judged(truth, lists_of(a=["s3", "s1"], b=["s4"]))["violations"] == {"not_allowed": 2}


def test_new_courses_are_held_against_the_oracles_share(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    """Shown s1, s3, s2, of which s1 is new; the oracle shows s1, s2, s2, s3."""
    found = judged(truth_of(**street), lists_of(a=["s1", "s3"], b=["s2"]))["cold"]
    assert found["shown"] == pytest.approx(1 / 3)
    assert (found["oracle"], found["available"]) == (0.25, 0.25)
    assert found["within_25_percent_of_oracle"] is False


def test_exposure_is_held_against_seats(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    """s1 and s2 stand first, s3 second; i1 offers 20 of 60 seats."""
    found = judged(truth_of(**street), lists_of(a=["s1", "s3"], b=["s2"]))["exposure"]
    second = 1 / np.log2(3)
    rows = {row["group"]: row for row in found["institution"]["rows"]}
    assert rows["i1"]["exposure"] == pytest.approx(2 / (2 + second))
    assert rows["i1"]["supply"] == pytest.approx(1 / 3)
    assert rows["i2"]["ratio"] == pytest.approx(second / (2 + second) * 3 / 2)
    assert [row["group"] for row in found["institution"]["worst"]] == ["i2", "i1"]
    assert list(found) == ["institution"]


def test_who_has_no_list_counts_as_nothing(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    found = judged(truth_of(**street), lists_of(a=["s1", "s2"], c=["s1"]))
    assert found["value_at_2"] == pytest.approx(0.45 / 2)
    assert (found["learners"], found["learners_without_list"]) == (2, 1)
    assert found["learners_not_judged"] == 1
    assert "1 judged learners have no list and count as 0" in found["notes"]


def test_who_would_apply_to_nothing_stays_in(truth_of: TruthOf, lists_of: ListsOf) -> None:
    truth = truth_of(
        apply_probability={
            "learner_id": ["a", "b"],
            "section_id": ["s1", "s1"],
            "apply_probability": [0.5, 0.0],
        }
    )
    found = judged(truth, lists_of(a=["s1"], b=["s1"]), k=1)
    assert found["oracle_at_1"] == pytest.approx(0.25)
    assert found["value_at_1_over_oracle"] == pytest.approx(1.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("k", [1, 5, 20])
def test_the_oracles_own_lists_score_one_and_break_nothing(
    truth_of: TruthOf, lists_of: ListsOf, seed: int, k: int
) -> None:
    truth = truth_of(apply_probability=random_town(seed))
    found = judged(truth, lists_of(**oracle_lists(truth, k)), k=k)
    assert found[f"value_at_{k}_over_oracle"] == pytest.approx(1.0)
    assert found["violations"] == {}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_learners_list_is_worth_less(
    truth_of: TruthOf, lists_of: ListsOf, seed: int
) -> None:
    truth = truth_of(apply_probability=random_town(seed))
    best = oracle_lists(truth, 3)
    turned = dict(zip(best, [*list(best.values())[1:], best["l00"]], strict=True))
    found = judged(
        truth, lists_of("turned.parquet", **turned), k=3, best=lists_of("best.parquet", **best)
    )
    assert found["value_at_3_over_oracle"] < 0.9
    assert found["baselines"]["best"]["better"] is False
    assert found["baselines"]["best"]["difference"]["high"] < 0


def test_lists_better_than_blind_are_called_better(truth_of: TruthOf, lists_of: ListsOf) -> None:
    truth = truth_of(apply_probability=random_town(5))
    path = lists_of(**oracle_lists(truth, 3))
    found = judged(truth, path, k=3, same=path)["baselines"]
    assert found["random"]["better"] is True
    assert found["random"]["ours_over_it"] > 1
    assert found["same"]["better"] is None


def test_two_learners_that_swap_names_move_no_figure(truth_of: TruthOf, lists_of: ListsOf) -> None:
    town = random_town(4)
    names = {"l00": "l07", "l07": "l00"}
    swapped = {**town, "learner_id": [names.get(name, name) for name in town["learner_id"]]}
    some = {"l00": ["s01", "s02"], "l07": ["s05", "s00"], "l09": ["s03"]}
    turned = {names.get(name, name): sections for name, sections in some.items()}
    before = judged(truth_of(apply_probability=town), lists_of(**some))
    after = judged(truth_of(apply_probability=swapped), lists_of(**turned))
    assert flat(after) == pytest.approx(flat(before))


def flat(found: Any, path: str = "") -> dict[str, Any]:
    """Every figure of a document by its path; words and verdicts stay as they are."""
    if isinstance(found, dict):
        parts = [(f"{path}.{name}", part) for name, part in found.items()]
    elif isinstance(found, list):
        parts = [(f"{path}.{place}", part) for place, part in enumerate(found)]
    else:
        return {path: found}
    return {key: value for name, part in parts for key, value in flat(part, name).items()}


def test_blocks_of_learners_change_nothing(
    truth_of: TruthOf, lists_of: ListsOf, street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth, path = truth_of(**street), lists_of(a=["s1", "s3"], b=["s2"])
    whole = judged(truth, path)
    monkeypatch.setattr("training.judge.values.BLOCK_CELLS", 1)
    assert len(list(blocks(read_pairs(truth)))) == 2
    assert judged(truth, path) == whole


def test_a_truth_of_required_columns_alone_says_what_it_lacks(
    truth_of: TruthOf, lists_of: ListsOf, street: Street
) -> None:
    bare = without(street, "apply_probability", "barred_by")["apply_probability"]
    found = judged(truth_of(apply_probability=bare), lists_of(a=["s1"], b=["s2"]))
    assert (found["cold"], found["exposure"], found["slices"]) == (None, None, None)
    assert list(found["baselines"]) == ["random"]
    said = " ".join(found["notes"])
    for part in ("baseline popular", "baseline nearest", "cold", "exposure", "slices"):
        assert f"no {part}: the truth has no" in said


def test_groups_of_ten_are_shown_and_smaller_ones_are_not(
    truth_of: TruthOf, lists_of: ListsOf
) -> None:
    """The young get their best section, the old are shown one of half its worth."""
    ids = [f"l{n:02}" for n in range(29)]
    chances = [chance for _ in ids for chance in (0.8, 0.4)]
    bands = ["18-24"] * 10 + ["60-69"] * 10 + ["80+"] * 9
    truth = truth_of(
        apply_probability={
            "learner_id": [name for name in ids for _ in range(2)],
            "section_id": ["s1", "s2"] * 29,
            "apply_probability": chances,
        },
        learners={"learner_id": ids, "age_band": bands},
    )
    path = lists_of(
        **{n: ["s1" if b == "18-24" else "s2"] for n, b in zip(ids, bands, strict=True)}
    )
    found = judged(truth, path, k=1)
    overall = (10 + 19 / 2) / 29
    rows = {row["value"]: row for row in found["slices"]}
    assert list(rows) == ["18-24", "60-69"]
    assert rows["60-69"]["value_at_1_over_oracle"] == pytest.approx(0.5)
    assert rows["60-69"]["ratio_to_overall"] == pytest.approx(0.5 / overall)
    assert rows["18-24"]["n"] == 10


def test_ids_and_probabilities_of_any_width_are_read(truth_of: TruthOf, lists_of: ListsOf) -> None:
    truth = truth_of(
        apply_probability={
            "learner_id": [1, 2],
            "section_id": [7, 7],
            "apply_probability": pl.Series([0.5, 0.25], dtype=pl.Float32),
        }
    )
    found = judged(truth, lists_of("lists.csv", **{"1": ["7"], "2": ["7"]}), k=1)
    assert found["value_at_1"] == pytest.approx(0.375)


def test_a_citys_folder_keeps_its_truth_inside(truth_of: TruthOf, street: Street) -> None:
    inner = truth_of(**street).folder
    city = inner.parent / "city"
    city.mkdir()
    inner.rename(city / "truth")
    assert open_truth(city).folder == city / "truth"
    with pytest.raises(JudgeError, match="there is no folder"):
        open_truth(inner)
