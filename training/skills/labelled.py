"""Findings whose answer is known: from annotated postings, and from texts of the simulated city."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.labour.ties import ties
from data.simulate.labour.wording import Subject, write_texts
from data.simulate.params import SimulationParams
from data.simulate.topics import skills
from features.skills.extract import Candidates, SkillExtractor
from training.skills.gold.load import NEW, Annotations, Mention

ADDED_GROUPS: Final = frozenset(
    {
        "group-programming-tools",
        "group-software-engineering",
        "group-things-and-signals",
        "group-ai-and-science",
        "group-product-and-growth",
    }
)
"""Groups that joined the vocabulary after the gold set was annotated."""

ANY_NEW: Final = NEW
"""Stands for every skill that annotators found missing in the vocabulary."""

MOST_NAMED: Final = 5
"""Skills that a simulated text asks for, at most."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Findings with their answers; N findings, F features.

    Attributes:
        features: (N, F) places of features.
        asked: whether the posting asks for the skill there, length N.
        text: the text of each finding, from 0, length N.
        pair: a number for each text and skill, length N.
    """

    features: NDArray[np.int32]
    asked: NDArray[np.bool_]
    text: NDArray[np.int64]
    pair: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.asked)

    def only(self, kept: NDArray[np.bool_]) -> "Labelled":
        """The findings where ``kept`` is true."""
        return Labelled(self.features[kept], self.asked[kept], self.text[kept], self.pair[kept])


def annotated(
    extractor: SkillExtractor, texts: Sequence[str], mentions: Sequence[Iterable[Mention]]
) -> Labelled:
    """Findings of annotated texts: asked for where a mention of the same skill overlaps.

    Of skills that annotators couldn't choose (``ADDED_GROUPS``) any mention marked as new counts.

    Args:
        extractor: its vocabulary.
        texts: the postings.
        mentions: what is marked in each.
    """
    marked: list[dict[str, list[tuple[int, int]]]] = [_by_skill(each) for each in mentions]
    candidates = extractor.candidates(list(texts))
    found, words = candidates.found, extractor.words
    start = found.start - candidates.plain.start[found.text]
    end = start + found.end - found.start
    named = [
        ANY_NEW if group in ADDED_GROUPS else skill_id
        for skill_id, group in zip(words.skill_ids, words.groups, strict=True)
    ]
    places: Iterable[tuple[int, int, int, int]] = zip(
        found.text.tolist(),
        start.tolist(),
        end.tolist(),
        words.skill[found.word].tolist(),
        strict=True,
    )
    asked = [
        any(first < high and low < last for low, high in marked[text].get(named[skill], []))
        for text, first, last, skill in places
    ]
    return _labelled(extractor, candidates, np.array(asked, dtype=np.bool_))


def _by_skill(mentions: Iterable[Mention]) -> dict[str, list[tuple[int, int]]]:
    """Spans by skill; those marked as new under ``ANY_NEW``."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for mention in mentions:
        skill = ANY_NEW if mention.skill_id.startswith(NEW) else mention.skill_id
        spans.setdefault(skill, []).append((mention.start, mention.end))
    return spans


def by_text(annotations: Annotations, keys: Sequence[str]) -> list[list[Mention]]:
    """The mentions of each posting, in the order of the keys."""
    found: dict[str, list[Mention]] = {key: [] for key in keys}
    for mention in annotations.mentions:
        if mention.key in found:
            found[mention.key].append(mention)
    return [found[key] for key in keys]


@dataclass(frozen=True, slots=True)
class ArenaTexts:
    """Descriptions of simulated advertisements and the skills that each asks for."""

    texts: list[str]
    asked: Sequence[AbstractSet[str]]


def arena_texts(n: int, rng: np.random.Generator) -> ArenaTexts:
    """Simulated descriptions with planted negations, mentions and prose of companies.

    Args:
        n: number of texts.
        rng: of occupations, skills and words.
    """
    params = SimulationParams()
    known = ties()
    lead = rng.choice(np.flatnonzero(known.asked), n)
    occupation, slot = known.occupation_for(lead, rng.random(n))
    width = known.skill.shape[1]
    there = known.skill[occupation] >= 0
    named = there & (rng.random((n, width)) < MOST_NAMED / 2 / np.maximum(there.sum(1), 1)[:, None])
    named[np.arange(n), slot] = True
    bits = (named * np.left_shift(1, np.arange(width, dtype=np.int64))).sum(axis=1)
    about = Subject(occupation, lead, bits, np.zeros(len(skills()), dtype=np.bool_))
    texts = write_texts(params, about, rng)["description"].to_list()
    ids = np.array([skill.skill_id for skill in skills()])
    asked = [
        set(ids[known.skill[which][chosen]].tolist())
        for which, chosen in zip(occupation, named, strict=True)
    ]
    return ArenaTexts(texts, asked)


def simulated(extractor: SkillExtractor, n: int, rng: np.random.Generator) -> Labelled:
    """Findings of simulated texts: asked for where the skill is one that the text was made for."""
    arena = arena_texts(n, rng)
    candidates = extractor.candidates(arena.texts)
    ids, skill = extractor.words.skill_ids, extractor.words.skill[candidates.found.word]
    answers = zip(skill.tolist(), candidates.found.text.tolist(), strict=True)
    asked = np.array([ids[number] in arena.asked[text] for number, text in answers])
    return _labelled(extractor, candidates, asked)


def _labelled(
    extractor: SkillExtractor, candidates: Candidates, asked: NDArray[np.bool_]
) -> Labelled:
    found = candidates.found
    pair = found.text * len(extractor.words.skill_ids) + extractor.words.skill[found.word]
    return Labelled(candidates.features, asked, found.text, pair)
