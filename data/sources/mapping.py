"""Mapping files: how a foreign feed's columns become the contracts' (docs/mapping.md).

A mapping is data, checked when it is loaded: a table, column or value that the contracts don't
know is an error that lists those they do. A new feed needs a TOML file and no code.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import polars as pl
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from data.errors import MappingError
from data.glossary import chinese_values
from data.tables import TABLES

Constant = bool | int | float | str | list[str]


def _texts(value: object) -> object:
    """One name or a list of names, as a tuple."""
    return (value,) if isinstance(value, str) else value


def _tried(given: str | None, attempt: Callable[[pl.Series], pl.Series]) -> str | None:
    """What was given, once an attempt on one text shows that it can be used."""
    try:
        attempt(pl.Series(["2019 x"]))
    except pl.exceptions.PolarsError as error:
        message = f"{given!r} can't be used: {error}"
        raise ValueError(message) from error
    return given


def _date_format_tried(given: str) -> None:
    shape = f"%Y {given}"
    _tried(given, lambda text: text.str.to_date(shape, strict=False))


Names = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class ColumnRule(_Checked):
    """How one contract column is made: one origin, then steps in the order given here."""

    from_: Names = Field(default=(), alias="from")
    """Source columns; with several, the first that survives the steps stands."""
    template: str | None = None
    """Text with source columns in braces, such as ``{user}-{item}``; null if any of them is."""
    constant: Constant | None = None
    """The same value for every row; a list for list columns."""
    hash: Names = ()
    """Source columns whose contents, hashed, make a stable id; stands alone or behind ``from``."""
    optional: bool = False
    """Source columns that a file lacks are passed over; one must be there if the table needs it."""
    as_text: bool = False
    """Allows a number to become an id's text; without it such a number is refused."""
    split: str | None = None
    """Parts one text into a list at this separator; parts are trimmed, empty ones dropped."""
    strip: str | None = None
    """Characters taken off both ends of each part, besides white space: the quotes of a list."""
    item: int | None = None
    """Of a list, only the member at this position (0 the first); null if there is none."""
    pattern: str | None = None
    """Keeps the first group of this regular expression."""
    values: dict[str, str] = Field(default_factory=dict)
    """Contract value by source value."""
    date_format: Names = ()
    """How dates are written, in strftime terms; with several, the first that reads one stands."""
    year: int | None = None
    """The year of dates whose format has none."""
    multiply: int | None = None
    """A whole factor to the contract's unit: 100 from yuan to fen."""
    unmatched: Literal["reject", "null", "keep"] = "reject"
    """A value the steps can't turn: refuse its row, make it null, or leave it as it is."""
    default: Constant | None = None
    """Stands where the outcome is null."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        own = bool(self.from_ or self.hash)
        if sum([own, self.template is not None, self.constant is not None]) != 1:
            message = "exactly one of from, template, constant and hash is expected"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _companions(self) -> Self:
        if self.year is not None and not self.date_format:
            message = "year says which year date_format lacks; date_format is missing"
            raise ValueError(message)
        if self.strip is not None and self.split is None:
            message = "strip says what to take off the parts of split; split is missing"
            raise ValueError(message)
        if self.optional and not (self.from_ or self.hash):
            message = "optional passes over columns of from and hash; there are none"
            raise ValueError(message)
        return self

    @field_validator("template")
    @classmethod
    def _template_parses(cls, template: str | None) -> str | None:
        fields = [part[1] for part in Formatter().parse(template or "") if part[1] is not None]
        if not all(fields):
            message = "every pair of braces must name a source column"
            raise ValueError(message)
        return template

    @field_validator("pattern")
    @classmethod
    def _pattern_has_a_group(cls, pattern: str | None) -> str | None:
        _tried(pattern, lambda text: text.str.extract_groups(pattern or ""))
        groups = pl.Series(["x"]).str.extract_groups(pattern or "()")
        if not groups.struct.fields:
            message = f"{pattern!r} has no group in parentheses to keep"
            raise ValueError(message)
        return pattern

    @field_validator("date_format")
    @classmethod
    def _date_format_is_known(cls, date_format: Names) -> Names:
        for each in date_format:
            _date_format_tried(each)
        return date_format

    def sources(self) -> tuple[str, ...]:
        """The source columns this column is made of."""
        fields = Formatter().parse(self.template) if self.template is not None else ()
        return (*self.from_, *self.hash, *(name for _, name, _, _ in fields if name))

    def narrowed(self, columns: Collection[str]) -> Self:
        """An optional rule without the source columns that aren't there; others as they are.

        With none of them the default is all that is left, the same for every row.
        """
        if not self.optional:
            return self
        kept = {"from_": self.from_, "hash": self.hash}
        present = {at: tuple(n for n in names if n in columns) for at, names in kept.items()}
        left = {} if any(present.values()) else {"constant": self.default}
        return self.model_copy(update=present | left)


def _column_rule(value: object) -> object:
    """``learner_id = "user"`` is short for ``learner_id = {from = "user"}``."""
    return {"from": value} if isinstance(value, str) else value


class TableRule(_Checked):
    """How some files' rows become rows of one table."""

    table: str
    """The contract table fed."""
    files: Names
    """File names or patterns; a pattern with ``/`` looks at the folder's name too."""
    sheet: str | None = None
    """Of a workbook, only this sheet."""
    columns: dict[str, Annotated[ColumnRule, BeforeValidator(_column_rule)]]
    """How each contract column is made; columns not named here are absent."""
    distinct: Names = ()
    """Key columns; source rows that say the same of a key count as one row of this table."""

    def claims(self, path: Path, sheet: str) -> bool:
        """Whether a file (and sheet) is one of those meant."""
        return (self.sheet is None or self.sheet == sheet) and any(
            fnmatch("/".join(path.parts[-1 - pattern.count("/") :]), pattern)
            for pattern in self.files
        )

    def missing(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Source columns this rule needs that a file lacks."""
        present = set(columns)
        needed = [
            source
            for name, rule in self.columns.items()
            if not rule.optional or self._lacks(name, present)
            for source in rule.sources()
        ]
        return tuple(name for name in dict.fromkeys(needed) if name not in present)

    def _lacks(self, name: str, present: set[str]) -> bool:
        """Whether a column that the contract requires has none of its optional sources."""
        rule = self.columns[name]
        required = not TABLES[self.table].columns()[name].nullable and rule.default is None
        return required and not present & set(rule.sources())

    def narrowed(self, columns: Iterable[str]) -> Self:
        """The rule for a file: an optional column goes when the file has none of its sources."""
        present = set(columns)
        rules = {name: rule.narrowed(present) for name, rule in self.columns.items()}
        told = {
            name: rule
            for name, rule in rules.items()
            if rule.sources() or rule.constant is not None
        }
        return self.model_copy(update={"columns": told})


class Mapping(_Checked):
    """A whole mapping: rules in order; one file may feed several tables."""

    name: str
    """The feed's name."""
    about: str
    """One sentence on where the feed comes from."""
    ignore: Names = ()
    """File patterns that feed nothing and are passed over."""
    time_zone: str | None = None
    """The zone of times without an offset, such as Asia/Shanghai; without it they are refused."""
    codes_before_2021: bool = False
    """Division codes are those before April 2021, so that 330110 is ambiguous."""
    tables: tuple[TableRule, ...] = Field(default=(), alias="table")
    """The rules; none where a mapping only says something of the feed as a whole."""

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, zone: str | None) -> str | None:
        if zone is not None and zone not in available_timezones():
            message = f"no time zone {zone!r}; names are those of the IANA list, Asia/Shanghai"
            raise ValueError(message)
        return zone

    def rules_for(self, path: Path, sheet: str) -> tuple[TableRule, ...]:
        """The rules whose file patterns claim this file or sheet."""
        return tuple(rule for rule in self.tables if rule.claims(path, sheet))

    def ignores(self, path: Path) -> bool:
        """Whether the mapping says to pass the file over."""
        return any(fnmatch(path.name, pattern) for pattern in self.ignore)


def load_mapping(source: str | Path) -> Mapping:
    """Load a shipped feed by its name or any mapping by its path.

    Raises:
        MappingError: no such feed or file, not TOML, or not a valid mapping; says what is known.
    """
    text, shown = _text(source)
    try:
        mapping = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"{shown}: not a TOML file: {error}"
        raise MappingError(message) from error
    except ValidationError as error:
        message = f"{shown}: {_sentences(error)}"
        raise MappingError(message) from error
    for rule in mapping.tables:
        _check_table(rule, shown)
    return mapping


def load_mappings(sources: Sequence[str | Path]) -> Mapping | None:
    """Load several mappings as one, rules in the order given; None for none."""
    loaded = [load_mapping(source) for source in sources]
    if len(loaded) < 2:
        return loaded[0] if loaded else None
    return Mapping(
        name="+".join(each.name for each in loaded),
        about=" ".join(each.about for each in loaded),
        ignore=tuple(pattern for each in loaded for pattern in each.ignore),
        time_zone=next((each.time_zone for each in loaded if each.time_zone), None),
        codes_before_2021=any(each.codes_before_2021 for each in loaded),
        table=tuple(rule for each in loaded for rule in each.tables),
    )


def shipped_feeds() -> tuple[str, ...]:
    """The names of the feeds that come with the product."""
    folder = files("data.sources") / "feeds"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def _text(source: str | Path) -> tuple[str, str]:
    if str(source) in shipped_feeds():
        entry = files("data.sources") / "feeds" / f"{source}.toml"
        return entry.read_text(encoding="utf-8"), str(source)
    try:
        return Path(source).read_text(encoding="utf-8"), Path(source).name
    except (OSError, UnicodeDecodeError) as error:
        message = (
            f"no mapping {str(source)!r}: not a readable file, and the shipped feeds are "
            f"{', '.join(shipped_feeds())}"
        )
        raise MappingError(message) from error


def _sentences(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()
    )


def _check_table(rule: TableRule, shown: str) -> None:
    """Tables, columns and vocabulary values must be the contracts'."""
    if rule.table not in TABLES:
        message = f"{shown}: no table {rule.table!r}; known: {', '.join(TABLES)}"
        raise MappingError(message)
    known = TABLES[rule.table].column_names()
    unknown = [name for name in (*rule.columns, *rule.distinct) if name not in known]
    if unknown:
        message = f"{shown}: {rule.table} has no column {unknown}; known: {', '.join(known)}"
        raise MappingError(message)
    for name, column in rule.columns.items():
        _check_values(rule.table, name, column, shown)


def _check_values(table: str, name: str, column: ColumnRule, shown: str) -> None:
    dtype = TABLES[table].columns()[name].dtype
    if not isinstance(dtype, pl.Enum):
        return
    known = [*dtype.categories, *chinese_values(table, name)]
    given: list[Any] = [*column.values.values(), column.constant, column.default]
    unknown = [value for value in given if value is not None and value not in known]
    if unknown:
        allowed = ", ".join(dtype.categories)
        message = f"{shown}: {table}.{name} has no value {unknown}; known: {allowed}"
        raise MappingError(message)
