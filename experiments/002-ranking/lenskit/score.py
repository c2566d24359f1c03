"""Lists of LensKit's models, made in an environment of LensKit's own.

    LENSKIT_PYTHON score.py MODEL TRAIN TEST LISTS COSTS SEED

TRAIN and TEST are Parquet files of user and item. Writes LISTS (user, rank, item: the twenty
best items not in train, for each user of test) and COSTS, a JSON document of what it took.
LensKit's settings are its own defaults for implicit feedback; nothing is chosen here.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd  # noqa: TID251 - LensKit speaks pandas, in an environment of its own
from lenskit.algorithms import als, item_knn

LENGTH = 20

MODELS = {
    "lenskit_knn": lambda seed: item_knn.ItemItem(20, feedback="implicit"),
    "lenskit_als": lambda seed: als.ImplicitMF(50, rng_spec=np.random.default_rng(seed)),
}
CHOICE = {
    "lenskit_knn": {"nnbrs": 20, "feedback": "implicit"},
    "lenskit_als": {"features": 50, "weight": 40},
}


def main(name: str, train: str, test: str, lists: str, costs: str, seed: str) -> None:
    """Fit, rank and write."""
    pairs = pd.read_parquet(train)[["user", "item"]]
    users = sorted(pd.read_parquet(test)["user"].unique())
    wall, cpu = time.perf_counter(), time.process_time()
    model = MODELS[name](int(seed)).fit(pairs)
    fit_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    wall = time.perf_counter()
    rows = ranked(model, pairs, users)
    rows.to_parquet(lists, index=False)
    document = {
        "fit_s": fit_s,
        "cpu_s": cpu_s,
        "rank_s": time.perf_counter() - wall,
        # of the whole process: what it inherits is small, for its parent is a plain script
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "notes": ["LensKit 0.14.4 with its own defaults; fit_s holds numba's compilation"],
        "choice": CHOICE[name],
    }
    Path(costs).write_text(json.dumps(document), encoding="utf-8")


def ranked(model, pairs, users):
    """The best items not in train, for each user; strangers get the most taken."""
    taken = pairs.groupby("user")["item"].agg(set).to_dict()
    counts = pairs["item"].value_counts()
    items = counts.index.to_numpy()
    found = []
    for user in users:
        had = taken.get(user, set())
        scores = model.predict_for_user(user, items) if had else counts
        best = scores.drop(labels=list(had)).nlargest(LENGTH)
        found += [(user, rank, item) for rank, item in enumerate(best.index, start=1)]
    return pd.DataFrame(found, columns=["user", "rank", "item"])


if __name__ == "__main__":
    main(*sys.argv[1:])
