"""HTML and SVG put together from parts: text is escaped unless it was made here."""

from html import escape
from typing import Self


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()

    @classmethod
    def joined(cls, parts: "list[Markup]") -> Self:
        """Parts one after another."""
        return cls("".join(parts))


def el(name: str, /, *children: str | None, **attributes: str | float | None) -> Markup:
    """One element; children are escaped unless they are markup, None is left out.

    Attributes are named as in HTML, underscores for hyphens and one at the end of Python's own
    words: ``class_``, ``stroke_width``.

    >>> el("p", "1 < 2", el("b", "!"), class_="note", id=None)
    '<p class="note">1 &lt; 2<b>!</b></p>'
    """
    inner = "".join(_escaped(child) for child in children if child is not None)
    return Markup(f"<{name}{_written(attributes)}>{inner}</{name}>")


def void(name: str, /, **attributes: str | float | None) -> Markup:
    """An element that has no inside, closed as SVG needs it and HTML allows.

    >>> void("meta", charset="utf-8")
    '<meta charset="utf-8"/>'
    """
    return Markup(f"<{name}{_written(attributes)}/>")


def _escaped(child: str) -> str:
    return child if isinstance(child, Markup) else escape(child, quote=False)


def _written(attributes: dict[str, str | float | None]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{round(value, 2):g}"
