from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest

from data.city import City
from recsys.artifact import Bundle, load_bundle, save_bundle
from recsys.errors import PolicyError, ScorerUnavailableError
from recsys.pipeline.policy import Policy, parse_policy
from recsys.scorers import discover
from recsys.scorers.ease import Ease
from recsys.types import TrainingSet
from training.fit import fit_bundle
from training.training_set import build_training_set


def test_the_bundle_holds_what_the_policies_name(
    town: City, town_bundle: Bundle, as_of: datetime
) -> None:
    manifest = town_bundle.manifest
    assert set(town_bundle.scorers) == {"popularity", "ease"}
    assert manifest.scorers["ease"].config["regularisation"] == 5.0
    assert manifest.as_of == as_of
    assert manifest.snapshot_id == town.snapshot_id
    assert manifest.training.n_learners == 28
    assert manifest.training.n_courses == 10
    assert manifest.training.n_interactions == 28 * 3


def test_learners_who_did_not_consent_are_in_no_part_of_the_training_set(
    town: City, as_of: datetime
) -> None:
    training = build_training_set(town, as_of)
    absent = {"l28", "l29"}
    assert absent.isdisjoint(training.interactions["learner_id"])
    assert absent.isdisjoint(training.learners["learner_id"])


def test_a_model_is_the_same_with_and_without_those_who_did_not_consent(
    town: City, town_bundle: Bundle, as_of: datetime, policies: dict[str, Policy]
) -> None:
    refused = ["l28", "l29"]
    without = town.with_tables(
        learners=town.scan("learners").filter(~pl.col("learner_id").is_in(refused)),
        events=town.scan("events").filter(~pl.col("learner_id").is_in(refused)),
    )
    fitted = fit_bundle(without, as_of, policies, seed=1)
    assert fitted.manifest.model_version == town_bundle.manifest.model_version


def test_what_happens_after_the_cut_changes_nothing(
    town: City, town_bundle: Bundle, as_of: datetime, policies: dict[str, Policy]
) -> None:
    past = town.with_tables(events=town.scan("events").filter(pl.col("occurred_at") < as_of))
    fitted = fit_bundle(past, as_of, policies, seed=1)
    assert fitted.manifest.model_version == town_bundle.manifest.model_version
    later = fit_bundle(town, as_of + timedelta(days=20), policies, seed=1)
    assert later.manifest.model_version != town_bundle.manifest.model_version


def test_a_scorer_whose_library_is_missing_is_recorded_as_absent(
    town: City, as_of: datetime, policies: dict[str, Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Ease, __: TrainingSet) -> Ease:
        message = "install the library"
        raise ScorerUnavailableError(message)

    monkeypatch.setattr(Ease, "fit", missing)
    bundle = fit_bundle(town, as_of, policies)
    assert set(bundle.scorers) == {"popularity"}
    assert bundle.manifest.absent == {"ease": "install the library"}


def test_progress_names_each_scorer_before_it_is_fitted(
    town: City, as_of: datetime, policies: dict[str, Policy]
) -> None:
    told: list[tuple[str, int, int]] = []
    fit_bundle(town, as_of, policies, progress=lambda *step: told.append(step))
    assert told == [("ease", 0, 2), ("popularity", 1, 2)]


def test_policies_of_one_bundle_must_agree_on_a_scorers_options(
    town: City, as_of: datetime, policies: dict[str, Policy]
) -> None:
    other = parse_policy(
        'name = "other"\nversion = "1"\nrules = []\n'
        "[scorers.ease]\nweight = 1.0\nconfig = { regularisation = 7.0 }",
        "test",
    )
    both = MappingProxyType({**policies, "other": other})
    with pytest.raises(PolicyError, match="share their scorers"):
        fit_bundle(town, as_of, both)


def test_a_bundle_comes_back_from_disk_as_it_was(
    town_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("bundles") / "b"
    save_bundle(town_bundle, path)
    loaded = load_bundle(path)
    assert loaded.manifest == town_bundle.manifest
    for name, scorer in town_bundle.scorers.items():
        for array, values in scorer.arrays().items():
            np.testing.assert_array_equal(loaded.scorers[name].arrays()[array], values)


def test_every_shipped_scorer_can_be_fitted_on_a_city_without_any_events(
    make_city: Callable[..., City], as_of: datetime
) -> None:
    city = make_city(institutions=[{}], venues=[{}], courses=[{"course_id": "c"}])
    text = 'name = "all"\nversion = "1"\nrules = []\n' + "".join(
        f"[scorers.{name}]\nweight = 1.0\n" for name in discover()
    )
    bundle = fit_bundle(city, as_of, {"all": parse_policy(text, "test")})
    assert set(bundle.scorers) | set(bundle.manifest.absent) == set(discover())
    assert bundle.manifest.training.n_interactions == 0
