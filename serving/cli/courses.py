"""How a section of an answer is printed."""

from rich.markup import escape

from data.cli.console import out
from serving.schemas.discovery import CourseItem
from serving.schemas.fields import Locale
from serving.schemas.recommend import Item
from serving.words import minutes_in_words, price_in_words


def show_section(item: Item | CourseItem, locale: Locale, *, with_id: bool = False) -> None:
    """One section on two lines: what, where, when, how far and how much; then why."""
    section = item.properties
    where = " ".join(dict.fromkeys(filter(None, (section.institution_name, section.venue_name))))
    facts = (
        where,
        section.when,
        minutes_in_words(section.travel_min, section.mode, locale),
        price_in_words(section.price_fen, locale),
    )
    line = escape(" · ".join(filter(None, facts)))
    tag = f"  [dim]{escape(item.section_id)}[/]" if with_id else ""
    out.print(f"{item.rank:>2}  [bold]{escape(section.title)}[/]  {line}{tag}", soft_wrap=True)
    joint = "；" if locale == "zh" else "; "
    if item.reasons:
        why = escape(joint.join(reason.text for reason in item.reasons))
        out.print(f"    [green]{why}[/]", soft_wrap=True)
