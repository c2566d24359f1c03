from collections.abc import Callable
from pathlib import Path

import pytest

from recsys.errors import PolicyError
from recsys.pipeline.policy import (
    Policy,
    load_policy,
    parse_policy,
    policy_for,
    shipped_policies,
)
from recsys.rules import all_rules
from recsys.scorers import discover

MINIMAL = """
name = "m"
version = "1"
rules = ["window"]
"""


def test_five_policies_are_shipped_one_of_them_across_programmes() -> None:
    programmes = {name: policy.programme for name, policy in shipped_policies().items()}
    assert programmes == {
        "community": "community",
        "general": None,
        "night_school": "night_school",
        "senior": "senior",
        "vocational": "vocational",
    }


def test_shipped_policies_apply_every_rule_and_rank_by_what_was_learned() -> None:
    for policy in shipped_policies().values():
        assert set(policy.rules) == set(all_rules())
        assert policy.ranker == "additive"
        assert set(policy.scorers) <= set(discover())


def test_in_shipped_policies_context_outweighs_any_single_taste() -> None:
    for policy in shipped_policies().values():
        tastes = [policy.weights[name] for name in ("ials", "ease", "lowpass", "text", "hybrid")]
        assert policy.weights["context"] > max(tastes)


def test_every_value_of_a_shipped_policy_says_why() -> None:
    folder = Path(__file__).parents[3] / "recsys" / "policies"
    for path in folder.glob("*.toml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "weight" not in line or "#" in line, f"{path.name}: {line}"


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        (
            "[scorers]\nnope.weight = 1",
            r"unknown scorer \['nope'\]; there are \['content', 'context'",
        ),
        ("[rerankers.nope]", r"unknown reranker \['nope'\]; there are \['cross_shelf'"),
        ("[scorers]\nials.weight = -1", r"scorers\.ials\.weight .*greater than or equal to 0"),
        ("[scorers]\nials.weight = nan", r"scorers\.ials\.weight .*finite"),
        ("[scorers]\nials.weight = inf", r"scorers\.ials\.weight .*finite"),
        ("[scorers.ials]\nweight = 1\nconfig.nope = 2", r"scorer ials: nope .*its options are"),
        ("[rerankers.one_per_course]\nfurther = 'up'", r"reranker one_per_course: further"),
        ("[elder]\nn_max = 6", r"elder\.n_max .*less than or equal to 5"),
        ("wieghts = 3", "wieghts"),
        ("name =", "is not TOML"),
    ],
)
def test_a_policy_that_names_what_does_not_exist_is_refused(addition: str, said: str) -> None:
    text = addition + "\n" + MINIMAL if "=" in addition.split("\n")[0] else MINIMAL + addition
    with pytest.raises(PolicyError, match=said):
        parse_policy(text, "test.toml")


def test_an_unknown_rule_is_refused_with_a_list_of_the_known() -> None:
    text = MINIMAL.replace('"window"', '"windows"')
    with pytest.raises(PolicyError, match=r"unknown rule \['windows'\]; there are \['access'"):
        parse_policy(text, "test.toml")


def test_an_unknown_programme_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"unknown programme \['day_school'\]"):
        parse_policy(MINIMAL + 'programme = "day_school"', "test.toml")


def test_a_rule_listed_twice_is_refused() -> None:
    text = MINIMAL.replace('"window"', '"window", "window"')
    with pytest.raises(PolicyError, match=r"rules \['window'\] are listed twice"):
        parse_policy(text, "test.toml")


def test_a_missing_policy_file_says_which(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"absent\.toml can't be read"):
        load_policy(tmp_path / "absent.toml")


def test_a_policy_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(MINIMAL + "[scorers.ials]\nweight = 1\nconfig.factors = 8", encoding="utf-8")
    policy = load_policy(path)
    assert policy.label == "m@1"
    assert policy.scorer_config("ials").model_dump()["factors"] == 8


def test_a_policy_survives_the_bundle_as_json() -> None:
    for policy in shipped_policies().values():
        assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_a_weight_of_zero_takes_a_scorer_out_of_the_blend() -> None:
    text = MINIMAL + "[scorers]\nials.weight = 0\nease.weight = 1"
    assert parse_policy(text, "t").weights == {"ease": 1.0}


def test_a_programme_without_a_policy_is_answered_across_programmes() -> None:
    policies = shipped_policies()
    assert policy_for(policies, "family").name == "general"
    assert policy_for(policies, "senior").name == "senior"
    assert policy_for(policies, None).name == "general"


def test_without_any_fitting_policy_the_error_lists_those_there_are(
    make_policy: Callable[..., Policy],
) -> None:
    with pytest.raises(PolicyError, match=r"got \['senior'\]"):
        policy_for({"senior": make_policy(programme="senior")}, "family")
