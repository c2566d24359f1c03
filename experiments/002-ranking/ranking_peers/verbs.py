"""The arguments of the product's verbs, as config.toml has them."""

from collections.abc import Sequence
from pathlib import Path


def filled(arguments: Sequence[str], **places: Path) -> list[str]:
    """Arguments with their ``{places}`` filled in.

    >>> filled(["--train", "{folder}/train.parquet"], folder=Path("sets"))
    ['--train', 'sets/train.parquet']
    """
    return [argument.format_map(places) for argument in arguments]
