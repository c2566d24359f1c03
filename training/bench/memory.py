"""``xuepei bench memory``: what answering needs of memory, in a process of its own.

``python -m training.bench.memory SNAPSHOT BUNDLE AS_OF`` loads as the service and a batch do,
makes a block of lists, and prints the row as JSON.
"""

import gc
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from data.store import open_snapshot
from recsys.artifact import load_bundle
from recsys.pipeline.recommender import Recommender
from training.bench.job import Row
from training.bench.resident import peak_rss_mb, rss_mb
from training.errors import BenchError

LEARNERS: Final = 512
"""Learners of the block of lists."""


def memory(snapshot: Path, bundle: Path, as_of: datetime) -> Row:
    """What a process holds that answers for a snapshot, in MiB.

    Args:
        snapshot: the snapshot folder.
        bundle: the model bundle.
        as_of: the moment of the lists.

    Returns:
        ``bare_mb`` before anything is read, ``loaded_mb`` once the recommender is made,
        ``answering_mb`` after a block of lists with reasons, when all that is read at the first
        question has been read, and ``peak_mb``, the most on the way there; beside them the
        sizes. Null where the system doesn't tell what a process holds.

    Raises:
        BenchError: the process failed.
    """
    words = [str(snapshot), str(bundle), as_of.isoformat()]
    command = [sys.executable, "-m", "training.bench.memory", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module, no shell
    if done.returncode:
        message = f"the process that was to be measured failed: {done.stderr.strip()[-500:]}"
        raise BenchError(message)
    row: Row = json.loads(done.stdout)
    return row


def measured(snapshot: Path, bundle: Path, as_of: datetime) -> Row:
    """The row of ``memory``, of this very process."""
    bare = _held()
    city, model = open_snapshot(snapshot), load_bundle(bundle)
    recommender = Recommender(
        city,
        as_of,
        model.scorers,
        model.policies,
        ranker=model.ranker,
        completion=model.completion,
    )
    loaded = _held()
    learners = recommender.profiles.register["learner_id"]
    ids = learners.head(LEARNERS).to_list()
    recommender.recommend_all(recommender.queries(ids))
    return {
        "work": "memory",
        "learners": len(learners),
        "sections": len(recommender.pool.offer(None)),
        "bare_mb": bare,
        "loaded_mb": loaded,
        "answering_mb": _held(),
        "peak_mb": round(peak_rss_mb(), 1),
    }


def _held() -> float | None:
    """What the process holds once nothing waits to be let go."""
    gc.collect()
    held = rss_mb()
    return None if held is None else round(held, 1)


if __name__ == "__main__":
    _, first, second, third = sys.argv
    row = measured(Path(first), Path(second), datetime.fromisoformat(third))
    sys.stdout.write(json.dumps(row) + "\n")
