"""SkillSpan's English test set, for the record: a simple tagger by its own protocol.

Each of the two layers, skill and knowledge, has a tagger of its own: a logistic regression gives
each token a probability of B, I and O from the words around it and from the vocabulary's English
names, and the best sequence without an I after an O is found (Viterbi). A span counts when both
ends are right (strict). Reference figures of the paper stand in docs/skills.md.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier

from data.vocabulary import builtin
from features.skills.gazetteer import Gazetteer
from features.skills.plain import lay_out
from features.skills.words import read_words
from training.skills.errors import SkillDataError
from training.skills.gold.agreement import compare

LAYERS: Final = ("skill", "knowledge")
TAGS: Final = ("B", "I", "O")
WINDOW: Final = 3
"""Tokens before and behind that a tag depends on."""

EPOCHS: Final = 10
"""Times that each token is learnt from."""

Floats = NDArray[np.float64]
Span = tuple[int, int, int]


def measure_skillspan(datasets: Path, *, seed: int = 0) -> dict[str, Any]:
    """Strict span scores of both layers on the test set, learnt on the training set.

    Args:
        datasets: the folder of the data sets, with ``skillspan`` in it.
        seed: of the regression.

    Returns:
        For each layer and for both together: precision, recall, f1, gold, found.

    Raises:
        SkillDataError: the data set isn't there.
    """
    train, test = (_read(datasets, name) for name in ("train", "test"))
    hasher = FeatureHasher(n_features=2**18, input_type="string")
    learnt = hasher.transform(_token_features(train["tokens"].to_list()))
    asked = hasher.transform(_token_features(test["tokens"].to_list()))
    found: dict[str, set[Span]] = {}
    gold: dict[str, set[Span]] = {}
    lengths = test["tokens"].list.len().to_list()
    for layer in LAYERS:
        tagger = SGDClassifier(
            loss="log_loss", alpha=1e-6, max_iter=EPOCHS, tol=None, average=True, random_state=seed
        )
        tags = np.array([tag[0] for tag in train[f"tags_{layer}"].explode()])
        tagger.fit(learnt, tags)
        steps = _transitions(train[f"tags_{layer}"].to_list())
        found[layer] = set(_decoded(tagger.predict_log_proba(asked), lengths, steps))
        gold[layer] = set(_spans(test[f"tags_{layer}"].to_list()))
    scores = {layer: _told(found[layer], gold[layer]) for layer in LAYERS}
    both = [{(layer, *span) for layer in LAYERS for span in each[layer]} for each in (found, gold)]
    return scores | {"both": _told(*both)}


def _read(datasets: Path, name: str) -> pl.DataFrame:
    path = datasets / "skillspan" / f"{name}.parquet"
    if not path.is_file():
        message = f"SkillSpan is not in {datasets}; expected skillspan/{name}.parquet"
        raise SkillDataError(message)
    frame = pl.read_parquet(path)
    return frame.filter(pl.col("tokens").list.len() > 0)


def _token_features(sentences: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """What each token's tag may depend on, as words."""
    named = _named(sentences)
    for tokens, hits in zip(sentences, named, strict=True):
        own = [_own(token, hit) for token, hit in zip(tokens, hits, strict=True)]
        for at in range(len(tokens)):
            around = range(max(0, at - WINDOW), min(len(tokens), at + WINDOW + 1))
            yield [f"{other - at}:{feature}" for other in around for feature in own[other]] + [
                f"first:{tokens[0].lower()}",
                f"pair:{tokens[at - 1].lower() if at else ''} {tokens[at].lower()}",
            ]


def _own(token: str, named: bool) -> list[str]:
    small = token.lower()
    shape = "".join(
        "A" if c.isupper() else "a" if c.islower() else "0" if c.isdigit() else c for c in token[:4]
    )
    return [small, f"end={small[-3:]}", f"start={small[:4]}", f"shape={shape}", f"named={named}"]


def _named(sentences: Sequence[Sequence[str]]) -> list[list[bool]]:
    """Whether each token lies in a word of the built-in vocabulary."""
    plain = lay_out([" ".join(tokens) for tokens in sentences])
    found = Gazetteer(read_words(builtin("skills"))).find(plain)
    inside = np.zeros(len(plain.folded) + 1, dtype=np.int64)
    np.add.at(inside, found.start, 1)
    np.add.at(inside, found.end, -1)
    covered = np.cumsum(inside) > 0
    named: list[list[bool]] = []
    for sentence, begin in zip(sentences, plain.start.tolist(), strict=False):
        ends = np.cumsum([len(token) + 1 for token in sentence]) + begin
        starts = ends - [len(token) + 1 for token in sentence]
        named.append(covered[starts].tolist())
    return named


def _transitions(tagged: Sequence[Sequence[str]]) -> Floats:
    """(3, 3): log odds of a tag behind another, over the tag's own share; I never behind O."""
    counts = np.ones((len(TAGS), len(TAGS)))
    for tags in tagged:
        numbers = [TAGS.index(tag[0]) for tag in tags]
        np.add.at(counts, (numbers[:-1], numbers[1:]), 1)
    share = counts.sum(axis=0) / counts.sum()
    steps: Floats = np.log(counts / counts.sum(axis=1, keepdims=True)) - np.log(share)
    steps[TAGS.index("O"), TAGS.index("I")] = -np.inf
    return steps


def _decoded(odds: Floats, lengths: Sequence[int], steps: Floats) -> Iterator[Span]:
    """Spans of the best sequence of tags of each sentence; columns in the order of ``TAGS``."""
    start = 0
    for sentence, length in enumerate(lengths):
        tags = _best(odds[start : start + length], steps)
        yield from ((sentence, *ends) for ends in _ends([TAGS[number] for number in tags]))
        start += length


def _best(odds: Floats, steps: Floats) -> list[int]:
    """Viterbi: the sequence of the highest sum of odds and steps."""
    total = odds[0].copy()
    total[TAGS.index("I")] = -np.inf
    came: list[NDArray[np.intp]] = []
    for row in odds[1:]:
        ways = total[:, None] + steps
        came.append(ways.argmax(axis=0))
        total = ways.max(axis=0) + row
    path = [int(total.argmax())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return path[::-1]


def _spans(tagged: Sequence[Sequence[str]]) -> Iterator[Span]:
    for sentence, tags in enumerate(tagged):
        yield from ((sentence, *ends) for ends in _ends([tag[0] for tag in tags]))


def _ends(tags: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First token and one past the last of each span.

    >>> list(_ends(["O", "B", "I", "B", "O"]))
    [(1, 3), (3, 4)]
    """
    start = -1
    for at, tag in enumerate([*tags, "O"]):
        if start >= 0 and tag != "I":
            yield start, at
            start = -1
        if tag == "B":
            start = at


def _told(found: set[Any], gold: set[Any]) -> dict[str, Any]:
    agreed = compare(found, gold)
    return {
        "precision": agreed.precision,
        "recall": agreed.recall,
        "f1": agreed.f1,
        "gold": len(gold),
        "found": len(found),
    }
