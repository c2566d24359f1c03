"""Policies: which rules, scorers and rerankers answer for a programme, and how strongly."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from data.vocab import PROGRAMMES
from recsys.errors import PolicyError
from recsys.pipeline.eligibility import Rulebook
from recsys.rerankers import discover as discover_rerankers
from recsys.rules import Rule, all_rules
from recsys.scorers import discover as discover_scorers
from recsys.stages import Reranker, Scorer, StageConfig

Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Options = dict[str, JsonValue]


class Part(BaseModel):
    """Base of a policy's tables: frozen, and a misspelt key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ScorerUse(Part):
    """How one scorer takes part."""

    weight: Weight
    """Weight of the scorer's standardised score in the blend; 0 fits it without using it."""
    config: Options = Field(default_factory=dict)
    """The scorer's own options, as its config type names them; the rest keep their defaults."""


class ValueMix(Part):
    """What a section is worth: a product of these parts, each to its power."""

    apply: Weight = 1.0
    """Power of the probability of asking for a seat once the section is shown."""
    complete: Weight = 0.0
    """Power of the probability of completing with a seat."""
    skill_gain: Weight = 0.0
    """Power of the share of the learner's goal that the course would still teach."""
    demand: Weight = 0.0
    """Power of the shortage of what it teaches in the learner's area, 0 to 1."""

    @property
    def only_apply(self) -> bool:
        """Whether nothing but applying counts."""
        return not (self.complete or self.skill_gain or self.demand)


class ElderLimits(Part):
    """The norm for answers in elder mode."""

    n_max: Annotated[int, Field(ge=1, le=5)] = 5
    """Most items of a list; the norm allows five."""
    reasons_max: Annotated[int, Field(ge=1)] = 2
    """Most reasons of an item, so that it stays readable at a large size."""


class Policy(Part):
    """Everything that decides how one programme is answered."""

    name: str
    """What the policy is called in answers and logs."""
    version: str
    """Raised with every change, so that an old list can be traced to its policy."""
    programme: str | None = None
    """The programme it answers for; none answers across programmes."""
    usual_circle: Literal["context", "limit"] = "context"
    """Whether the longest journey of a learner's profile is weighed by the ranker, or refuses what
    is farther away. A circle that the caller states always refuses."""
    rules: tuple[str, ...]
    """Hard rules in the order in which the first refusal is recorded."""
    ranker: Literal["additive", "blend"] = "blend"
    """``additive`` ranks by the learned ranker where the bundle has one, else by the blend."""
    value: ValueMix = ValueMix()
    """What the learned ranker maximises; the blend has its scorers' weights instead."""
    scorers: dict[str, ScorerUse] = Field(default_factory=dict)
    """Scorers of the blend by name; a policy without any orders by section_id."""
    rerankers: dict[str, Options] = Field(default_factory=dict)
    """Rerankers by name with their options, in the order in which they run."""
    n_default: Annotated[int, Field(ge=1, le=100)] = 10
    """Items of a list when the caller doesn't say."""
    reasons_max: Annotated[int, Field(ge=1)] = 3
    """Most reasons of an item."""
    elder: ElderLimits = ElderLimits()
    """What changes in elder mode."""

    @property
    def label(self) -> str:
        """Name and version, as answers carry them."""
        return f"{self.name}@{self.version}"

    @property
    def weights(self) -> dict[str, float]:
        """Scorers that count, with their weights."""
        return {name: use.weight for name, use in self.scorers.items() if use.weight > 0}

    @cached_property
    def chosen_rules(self) -> tuple[Rule, ...]:
        """The rules in the policy's order."""
        return tuple(all_rules()[name] for name in self.rules)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The same, ready to judge candidates."""
        return Rulebook(self.chosen_rules)

    def chosen_rerankers(self) -> tuple[Reranker, ...]:
        """The rerankers, configured, in the policy's order."""
        types = discover_rerankers()
        return tuple(
            types[name](types[name].config_type.model_validate(options))
            for name, options in self.rerankers.items()
        )

    def scorer_config(self, name: str) -> StageConfig:
        """The configuration of one of the policy's scorers."""
        return discover_scorers()[name].config_type.model_validate(self.scorers[name].config)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        _known("programme", [self.programme] if self.programme else [], PROGRAMMES)
        _known("rule", self.rules, all_rules())
        _known("scorer", self.scorers, discover_scorers())
        _known("reranker", self.rerankers, discover_rerankers())
        return self

    @model_validator(mode="after")
    def _rules_once(self) -> Self:
        twice = sorted({name for name in self.rules if self.rules.count(name) > 1})
        if twice:
            message = f"rules {twice} are listed twice; each runs once"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _options_hold(self) -> Self:
        uses = {name: use.config for name, use in self.scorers.items()}
        _options("scorer", uses, discover_scorers())
        _options("reranker", self.rerankers, discover_rerankers())
        return self


def load_policy(path: Path) -> Policy:
    """The policy of a TOML file.

    Raises:
        PolicyError: the file can't be read, or names what doesn't exist; lists what does.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"policy {path} can't be read: {error}"
        raise PolicyError(message) from error
    return parse_policy(text, str(path))


def parse_policy(text: str, origin: str) -> Policy:
    """The policy of a TOML text; ``origin`` says in errors where the text came from.

    Raises:
        PolicyError: no TOML, or it names what doesn't exist; lists what does.
    """
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"policy {origin} is not TOML: {error}"
        raise PolicyError(message) from error
    except ValidationError as error:
        message = f"policy {origin}: {_in_words(error)}"
        raise PolicyError(message) from error


def shipped_policies() -> dict[str, Policy]:
    """The policies that come with the product, by name."""
    found = (item for item in files("recsys").joinpath("policies").iterdir())
    texts = {
        item.name: item.read_text(encoding="utf-8") for item in found if item.name.endswith(".toml")
    }
    policies = [parse_policy(text, name) for name, text in sorted(texts.items())]
    return {policy.name: policy for policy in policies}


def policy_for(policies: Mapping[str, Policy], programme: str | None) -> Policy:
    """The policy of a programme, else the one that answers across programmes.

    Raises:
        PolicyError: neither exists; lists the policies there are.
    """
    by_programme = {policy.programme: policy for policy in policies.values()}
    policy = by_programme.get(programme, by_programme.get(None))
    if policy is None:
        message = f"no policy for programme {programme!r} and none across; got {sorted(policies)}"
        raise PolicyError(message)
    return policy


def _known(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        message = f"unknown {kind} {unknown}; there are {sorted(known)}"
        raise ValueError(message)


def _options(
    kind: str,
    options: Mapping[str, Options],
    types: Mapping[str, type[Scorer]] | Mapping[str, type[Reranker]],
) -> None:
    for name, given in options.items():
        try:
            types[name].config_type.model_validate(given)
        except ValidationError as error:
            known = sorted(types[name].config_type.model_fields)
            message = f"{kind} {name}: {_in_words(error)}; its options are {known}"
            raise ValueError(message) from error


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))} {fault['msg']}".strip() for fault in error.errors()
    )
