"""Does the foundation meet its bars? Measures import and ranking through the public verbs.

    python experiments/000-foundation/run.py DATASETS [--record]

``--record`` writes results.json beside this file; without it the figures are only printed.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
XUEPEI = Path(sys.executable).with_name("xuepei")


def main() -> None:
    """Run every measurement, print it, and record it when asked to."""
    arguments = [each for each in sys.argv[1:] if not each.startswith("--")]
    datasets = Path(arguments[0] if arguments else "../shared/datasets")
    config = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
    results = {"import_contract": import_contract()}
    if datasets.is_dir():
        results["import_catalogue"] = import_catalogue(datasets, config["import_catalogue"])
        results["ranking"] = ranking(datasets, config["ranking"])
    else:
        print(f"{datasets} isn't there: only what needs no data set is measured")
    print(json.dumps(results, indent=2, ensure_ascii=False))
    if "--record" in sys.argv:
        text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
        (HERE / "results.json").write_text(text, encoding="utf-8")


def import_contract() -> Any:
    """1 M events and 100,000 learners, with polars' bare read of the same files beside it."""
    print("importing 1 M events and 100,000 learners …", flush=True)
    return said([sys.executable, str(ROOT / "tests" / "benches" / "bench_import.py"), "--json"])


def import_catalogue(datasets: Path, config: dict[str, Any]) -> dict[str, Any]:
    """A real feed through its mapping file, process start included."""
    print(f"importing {config['feed']} …", flush=True)
    files = [str(datasets / config["feed"] / name) for name in config["files"]]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        verb = [str(XUEPEI), "import", *files, "--mapping", config["feed"], "--json"]
        account = said([*verb, "--snapshot", str(Path(folder) / "snapshot")])
        seconds = time.perf_counter() - began
    return {
        "rows": {name: table["read"] for name, table in account["tables"].items()},
        "kept": {name: table["kept"] for name, table in account["tables"].items()},
        "seconds": round(seconds, 2),
        # The largest child so far; the bench before it holds more rows, so this is a bound.
        "peak_rss_mb_at_most": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def ranking(datasets: Path, config: dict[str, Any]) -> Any:
    """The shipped default beside its peers, every course not in train ranked."""
    print(f"ranking {config['set']} …", flush=True)
    folder = datasets / config["set"]
    files = ["--train", str(folder / "train.parquet"), "--test", str(folder / "test.parquet")]
    options = ["--models", ",".join(config["models"]), "--seed", str(config["seed"]), "--json"]
    return said([str(XUEPEI), "bench", "ranking", *files, *options])


def said(command: list[str]) -> Any:
    """The JSON document that a command prints on its last line."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 - our own verbs
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
