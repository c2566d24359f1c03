"""The shipped recommender beside its peers: on real sets, in the arena, and its speed.

    python experiments/002-ranking/run.py [sets] [cold] [arena] [speed] [memory] [--record]

Parts that aren't named aren't measured; none named means all. Each set, model and seed runs in
a process of its own and is kept under var/, by what it was measured with; a run that was stopped
goes on where it was. ``--record`` joins all that is kept into results.json, the figures and the
tables in README.md, and says what was not run.
"""

import argparse
import copy
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.with_name("001-arena-baselines")))  # its policies are judged here too
sys.path.insert(0, str(HERE.parent))  # what experiments share

from frame.kept import ROOT, scratch  # noqa: E402 - the path comes first
from frame.record import Page, versions_of, write_document  # noqa: E402 - as above
from frame.seeds import seed_list, timed_words  # noqa: E402 - as above
from frame.verbs import said  # noqa: E402 - as above
from ranking_peers import arena, pace, tasks  # noqa: E402 - as above
from ranking_peers.figure import draw  # noqa: E402 - as above
from ranking_peers.join import joined  # noqa: E402 - as above
from ranking_peers.measure import measured, measured_outside  # noqa: E402 - as above
from ranking_peers.report import markdown  # noqa: E402 - as above
from ranking_peers.splits import files_of  # noqa: E402 - as above
from ranking_peers.tasks import PARTS, Task  # noqa: E402 - as above
from ranking_peers.verbs import filled  # noqa: E402 - as above

from recsys.errors import ScorerUnavailableError  # noqa: E402 - as above

CONFIG: dict[str, Any] = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
COMMAND = ".venv/bin/python experiments/002-ranking/run.py --record"
_SETS = (*CONFIG["sets"], *CONFIG["cold"])
LIBRARIES = ("numpy", "polars", "scipy", "scikit-learn", "implicit", "rectools-lightfm")
LENSKIT = "XUEPEI_LENSKIT_PYTHON"
"""Environment variable that names LensKit's interpreter, see lenskit/requirements.txt."""


def main() -> None:
    """Measure each task that isn't kept, join what is, and record it when asked to."""
    asked = _arguments()
    config = _narrowed(asked)
    if asked.one:
        _measure_here(asked, config, tasks.parsed(asked.one))
        return
    if asked.record and config != CONFIG:
        sys.exit("only what config.toml says is recorded; leave --sets, --models … out")
    failed: dict[str, str] = {}
    for part in asked.parts or PARTS:
        failed |= _measure(asked, config, part)
    results = joined(config, lenskit=asked.lenskit is not None)
    print(f"\n{markdown(results)}")
    for name, reason in failed.items():
        print(f"{name} failed: {reason}", file=sys.stderr)
    if asked.record:
        _record(results)


def _measure(asked: argparse.Namespace, config: Mapping[str, Any], part: str) -> dict[str, str]:
    """Measure one part's tasks, each in a new process; what failed, by task."""
    failed: dict[str, str] = {}
    every = tasks.tasks_of(config, part, lenskit=asked.lenskit is not None)
    for number, task in enumerate(every, start=1):
        if tasks.kept(config, task) is not None:
            continue
        print(f"{part} {number}/{len(every)}: {task}", flush=True)
        command = [sys.executable, str(HERE / "run.py"), *_passed_on(asked), "--one", str(task)]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)  # noqa: S603 - this very script
        if done.returncode:
            failed[str(task)] = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"  failed: {failed[str(task)]}", flush=True)
        elif tasks.kept(config, task) is None:
            sys.exit("the code changed while it was measured; run again")
    return failed


def _measure_here(asked: argparse.Namespace, config: Mapping[str, Any], task: Task) -> None:
    """Measure one task in this process and keep its figures."""
    folder = tasks.folder_of(config, task.part, task.subject)
    with scratch(folder, f"work-{task.model}-{task.seed}") as work:
        _MEASURES[task.part](asked, config, task, work)


def _set(asked: argparse.Namespace, config: Mapping[str, Any], task: Task, work: Path) -> None:
    files = files_of(asked.datasets, task.subject, config["sets"][task.subject], work)
    try:
        if task.model in config["models"]["lenskit"]:
            script = HERE / "lenskit" / "score.py"
            found = measured_outside(files, task.model, task.seed, asked.lenskit, script, work)
        else:
            found = measured(files, task.model, task.seed)
    except ScorerUnavailableError as error:
        tasks.keep(config, task, {"model": task.model, "seed": task.seed, "skipped": str(error)})
        return
    tasks.keep(config, task, found.row, found.values)


def _cold(asked: argparse.Namespace, config: Mapping[str, Any], task: Task, _: Path) -> None:
    arguments = filled(
        config["cold"][task.subject]["arguments"], folder=asked.datasets.resolve() / task.subject
    )
    rows = said("bench", "coldstart", *arguments, "--seed", str(task.seed), "--json")
    seeded = [{"seed": task.seed, **row} for row in rows]
    tasks.keep(config, task, {"rows": seeded})


def _arena(_: argparse.Namespace, config: Mapping[str, Any], task: Task, work: Path) -> None:
    entry = config["arena"]
    row = arena.measured(
        entry["preset"],
        entry["settings"],
        entry["policies"],
        task.seed,
        work,
        timed_words(),
        ablated=entry["ablated"] if task.seed in entry["ablated_at"] else (),
    )
    tasks.keep(config, task, row)


def _speed(_: argparse.Namespace, config: Mapping[str, Any], task: Task, work: Path) -> None:
    tasks.keep(config, task, pace.measured(config["speed"], work, timed_words()))


def _memory(_: argparse.Namespace, config: Mapping[str, Any], task: Task, work: Path) -> None:
    tasks.keep(config, task, pace.weighed(config["memory"], work, timed_words()))


_MEASURES = {"sets": _set, "cold": _cold, "arena": _arena, "speed": _speed, "memory": _memory}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; or all")
    parser.add_argument(
        "--datasets", type=Path, default=ROOT.parent / "shared" / "datasets",
        help="the folder that holds the sets",
    )  # fmt: skip
    parser.add_argument("--sets", type=_names, help="only these sets")
    parser.add_argument("--models", type=_names, help="only these models")
    parser.add_argument("--seeds", type=seed_list)
    parser.add_argument("--preset", help="of the arena, instead of that of config.toml")
    parser.add_argument(
        "--lenskit", type=Path, default=os.environ.get(LENSKIT),
        help=f"the interpreter of LensKit's environment; or {LENSKIT}",
    )  # fmt: skip
    parser.add_argument("--record", action="store_true", help="write results.json and README.md")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    for asked_for, there in ((asked.parts, PARTS), (asked.sets or (), _SETS)):
        unknown = sorted(set(asked_for) - set(there))
        if unknown:
            parser.error(f"unknown {unknown}; there are {list(there)}")
    return asked


def _names(text: str) -> list[str]:
    return text.split(",")


def _passed_on(asked: argparse.Namespace) -> list[str]:
    """What a task's own process must know."""
    words = ["--datasets", str(asked.datasets)]
    words += ["--preset", asked.preset] if asked.preset else []
    return words + (["--lenskit", str(asked.lenskit)] if asked.lenskit else [])


def _narrowed(asked: argparse.Namespace) -> dict[str, Any]:
    """config.toml, with only the sets, models and seeds that were asked for."""
    config = copy.deepcopy(CONFIG)
    for part in ("sets", "cold"):
        entries = config[part].items()
        config[part] = {name: e for name, e in entries if not asked.sets or name in asked.sets}
    if asked.models:
        models = config["models"]
        for kind in ("parts", "peers", "lenskit"):
            models[kind] = [name for name in models[kind] if name in asked.models]
    if asked.seeds:
        for entry in (config["run"], config["arena"], *config["sets"].values()):
            entry["seeds"] = asked.seeds
    if asked.preset:
        config["arena"]["preset"] = asked.preset
    return config


def _record(results: Mapping[str, Any]) -> None:
    """results.json, the figures, and the tables between the marks of README.md."""
    head = {"command": COMMAND, "versions": versions_of(LIBRARIES), "config": CONFIG}
    write_document(HERE / "results.json", {**head, **results})
    draw(results, HERE)
    Page(HERE / "README.md").fill(markdown(results))


if __name__ == "__main__":
    main()
