"""The base of every table contract, and the column kinds they share."""

from typing import Any

import dataframely as dy
import polars as pl

from data.vocab import DIVISION_CODE_PATTERN, SLOT_PATTERN


class Contract(dy.Schema):
    """A public table contract: the columns, units and rules of one of the city's tables."""


def identifier(*, nullable: bool = False, primary_key: bool = False, **options: Any) -> dy.String:
    """A text id: never a number, at most 128 bytes, no surrounding or control characters."""
    return dy.String(
        nullable=nullable,
        primary_key=primary_key,
        min_length=1,
        max_length=128,
        regex=r"^[^\s\pC](?:[^\pC]*[^\s\pC])?$",
        **options,
    )


def division(*, nullable: bool = False, primary_key: bool = False) -> dy.String:
    """A 12-digit statistical division code, kept as text."""
    return dy.String(nullable=nullable, primary_key=primary_key, regex=DIVISION_CODE_PATTERN)


def vocabulary(
    values: tuple[str, ...], *, nullable: bool = False, primary_key: bool = False
) -> dy.Enum:
    """A closed vocabulary."""
    return dy.Enum(values, nullable=nullable, primary_key=primary_key)


def instant(*, nullable: bool = False) -> dy.Datetime:
    """A moment, stored in UTC to the microsecond."""
    return dy.Datetime(nullable=nullable, time_unit="us", time_zone="UTC")


def text_list(*, nullable: bool = False) -> dy.List:
    """A list of text ids; an empty list says "none", null says "unknown"."""
    return dy.List(dy.String(nullable=False, min_length=1), nullable=nullable)


def slot_list(*, nullable: bool = False) -> dy.List:
    """Weekly slots such as ``3E`` (Wednesday evening)."""
    return dy.List(dy.String(nullable=False, regex=SLOT_PATTERN), nullable=nullable)


def vocabulary_list(values: tuple[str, ...], *, nullable: bool = False) -> dy.List:
    """A list of values of a closed vocabulary."""
    return dy.List(dy.Enum(values, nullable=False), nullable=nullable)


def in_order(first: str, second: str) -> pl.Expr:
    """True unless both are known and ``second`` comes before ``first``."""
    return (pl.col(first) <= pl.col(second)).fill_null(value=True)
