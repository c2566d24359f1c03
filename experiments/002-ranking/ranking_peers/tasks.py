"""What there is to measure, one process each, and where each figure is kept.

A figure is kept under a hash of the code and the settings that move it: a run that was stopped
goes on where it was, and nothing measured with other code is joined.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from frame.kept import ROOT, sources_in
from frame.kept import keep as keep_row

from ranking_peers.measure import Measured

HERE: Final = Path(__file__).resolve().parents[1]
KEPT: Final = ROOT / "var" / "experiments" / HERE.name
"""Where figures are kept until they are recorded."""
PARTS: Final = ("sets", "cold", "arena", "speed", "memory")
PRODUCT: Final = ("data", "features", "recsys", "training", "serving")
RANKING: Final = (
    *(f"training/bench/{name}.py" for name in ("models", "peers", "tables", "worker")),
    *("training/metrics", "training/tuning", "recsys/scorers"),
    *("training/course_ranking.py", "training/split.py"),
)
OWN: Final = "experiments/002-ranking/ranking_peers"
MEASURED_WITH: Final[Mapping[str, Sequence[str]]] = {
    "sets": (*RANKING, f"{OWN}/splits.py", f"{OWN}/measure.py", "experiments/002-ranking/lenskit"),
    "cold": PRODUCT,
    "arena": (
        *PRODUCT,
        "experiments/001-arena-baselines/arena_baselines",
        f"{OWN}/arena.py",
        f"{OWN}/ablation.py",
    ),
    "speed": (*PRODUCT, f"{OWN}/pace.py"),
    "memory": (*PRODUCT, f"{OWN}/pace.py"),
}
"""Code whose change may move a figure of each part."""

NOT_IN_HASH: Final = ("seeds", "metric", "lenskit", "plain", "ablated_at")
"""Settings that move no figure of one task."""

Config = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to measure.

    Attributes:
        part: one of ``PARTS``.
        subject: the set; the preset of the arena; else the part.
        model: of a set; empty elsewhere.
        seed: of every random choice.
    """

    part: str
    subject: str
    model: str
    seed: int

    def __str__(self) -> str:
        """As it is told and asked for: part:subject:model:seed."""
        return f"{self.part}:{self.subject}:{self.model}:{self.seed}"


def parsed(text: str) -> Task:
    """The task that a text names.

    >>> parsed("sets:ml1m_ultragcn:ease:0")
    Task(part='sets', subject='ml1m_ultragcn', model='ease', seed=0)
    """
    part, subject, model, seed = text.split(":")
    return Task(part, subject, model, int(seed))


def tasks_of(config: Config, part: str, *, lenskit: bool) -> list[Task]:
    """Everything a part measures, in the order of config.toml.

    Args:
        config: as in config.toml.
        part: one of ``PARTS``.
        lenskit: whether an environment for LensKit's models was given.
    """
    run, models = config["run"], config["models"]
    if part == "sets":
        inside = [*models["peers"], *models["parts"], models["ours"]]
        outside = models["lenskit"] if lenskit else []
        return [
            Task(part, name, model, seed)
            for name, entry in config["sets"].items()
            for model in [*inside, *(outside if entry.get("lenskit", True) else [])]
            for seed in entry.get("seeds", run["seeds"])
        ]
    if part == "cold":
        return [
            Task(part, name, "", seed)
            for name, entry in config["cold"].items()
            for seed in entry.get("seeds", run["seeds"])
        ]
    if part == "arena":
        arena = config["arena"]
        return [Task(part, arena["preset"], "", seed) for seed in arena["seeds"]]
    return [Task(part, part, "", 0)]


def keep(config: Config, task: Task, row: Mapping[str, Any], values: Any = None) -> None:
    """Write a task's figures; the row comes last, so what can be read is whole."""
    place = _place(config, task)
    if values is not None:
        np.save(place.with_suffix(".npy"), values)
    keep_row(place, row)


def kept(config: Config, task: Task) -> dict[str, Any] | None:
    """A task's row; None where it wasn't measured with this code yet."""
    place = _place(config, task)
    if not place.exists():
        return None
    row: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return row


def kept_measured(config: Config, task: Task) -> Measured | None:
    """The same with each user's figures; None also where the model can't be run here."""
    row = kept(config, task)
    if row is None or row.get("skipped"):
        return None
    return Measured(row, np.load(_place(config, task).with_suffix(".npy")))


def folder_of(config: Config, part: str, subject: str) -> Path:
    """The folder of a part's figures measured with just this code and these settings."""
    entry = config[part].get(subject, config[part])
    settings = {name: value for name, value in entry.items() if name not in NOT_IN_HASH}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(_code(part))
    name = f"{part}-{subject}-{digest.hexdigest()[:12]}"
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(config: Config, task: Task) -> Path:
    model = f"{task.model}-" if task.model else ""
    return folder_of(config, task.part, task.subject) / f"{model}seed-{task.seed}.json"


@cache
def _code(part: str) -> bytes:
    digest = hashlib.sha256()
    for source in sources_in(*(ROOT / name for name in MEASURED_WITH[part])):
        digest.update(source.read_bytes())
    return digest.digest()
