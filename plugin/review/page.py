"""A frozen Review → the body of its Confluence page, in storage format.

A section is a function from the review to markup, and `SECTIONS` is their order; a later section takes its place there.
Headings never change with the numbers: they are how a section is found again on a page that people have edited.
"""

from collections.abc import Callable

from plugin.review.model import Review
from plugin.review.sections.closing import decisions, how_made
from plugin.review.sections.effort import effort
from plugin.review.sections.metrics import exceptions, metrics
from plugin.review.sections.objectives import hunger, objectives
from plugin.review.sections.opening import header, lead_comment, three_sentences
from plugin.review.sections.work import changed, duplicates, released, unlinked
from plugin.review.storage import (
    Markup,
    join,
)


def render(review: Review) -> str:
    """The whole body; always well-formed, whatever the review's texts hold."""
    return join(section(review) for section in SECTIONS)


SECTIONS: tuple[Callable[[Review], Markup], ...] = (
    header,
    three_sentences,
    lead_comment,
    metrics,
    exceptions,
    objectives,
    effort,
    hunger,
    unlinked,
    changed,
    released,
    duplicates,
    decisions,
    how_made,
)
