"""What a choice is made on: a part of train held out, and how well lists rank it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from recsys.stages import CourseScorer
from recsys.types import LearnerQuery, TrainingSet
from training.course_ranking import Catalogue, rank_courses, score_alone
from training.metrics.lists import Ids, Judged, Relevant, judge
from training.metrics.ranking import ndcg, recall

K: Final = 20
"""Length of the lists that are judged."""

CONFIG_LEARNERS: Final = 5000
"""Of a trial, at most, for choosing configurations: they differ by more than weights do, and each
costs a ranking of the whole catalogue."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a choice is made on.

    Attributes:
        training: what the candidates are fitted on; holds nothing of ``relevant``.
        catalogue: the courses ranked.
        queries: the learners judged on.
        barred: their courses in ``training``; shape (queries, courses).
        relevant: their courses in the validation part; same shape.
    """

    training: TrainingSet
    catalogue: Catalogue
    queries: Sequence[LearnerQuery]
    barred: Relevant
    relevant: Relevant

    def sample(self, most: int = CONFIG_LEARNERS) -> "Trial":
        """The same trial with at most so many learners, evenly spread over their order."""
        count = len(self.queries)
        if count <= most:
            return self
        rows = np.arange(most) * count // most
        queries = [self.queries[row] for row in rows.tolist()]
        barred, relevant = self.barred[rows], self.relevant[rows]
        return Trial(self.training, self.catalogue, queries, barred, relevant)


def quality_of(lists: Ids, relevant: Relevant) -> float:
    """Mean of Recall@20 and NDCG@20 over the learners judged."""
    return quality(judge(lists[:, :K], relevant))


def quality(judged: Judged) -> float:
    """The same of lists that were held against what the learners did."""
    return float(np.mean([recall(judged, K).mean(), ndcg(judged, K).mean()]))


def quality_alone(trial: Trial, scorer: CourseScorer, fallback: CourseScorer) -> float:
    """``quality_of`` one scorer's lists for a sample of a trial's learners.

    Args:
        trial: the learners and the catalogue.
        scorer: fitted on the trial's training set.
        fallback: ranks for those of whom the scorer knows nothing.
    """
    sample = trial.sample()
    score = score_alone(sample.catalogue, scorer, fallback)
    return quality_of(rank_courses(score, sample.queries, sample.barred, K), sample.relevant)


def together(trials: Sequence[Trial], qualities: Sequence[float]) -> float:
    """The mean over the learners of all trials."""
    return float(np.average(qualities, weights=[len(trial.queries) for trial in trials]))
