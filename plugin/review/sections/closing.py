"""Decisions and asks, and how the numbers are made."""

from plugin.review import effort_page, metric_text, text, week_text
from plugin.review.model import Review
from plugin.review.regions import DECISIONS
from plugin.review.sections.cells import line
from plugin.review.storage import (
    Markup,
    element,
    heading,
    join,
    paragraph,
)
from plugin.review.storage import text as escaped


def decisions(review: Review) -> Markup:
    title = heading(2, DECISIONS)
    asks = list(week_text.asks(review))
    if not asks:
        return join([title, line("Nothing is asked.")])
    return join([title, element("ul", *(element("li", paragraph(escaped(one))) for one in asks))])


def how_made(review: Review) -> Markup:
    lines = [
        "Every issue in scope that changed status or was in progress during the week counts once, whatever its size. "
        "An epic and each of its children count as separate issues.",
        "All shares are of these issues, and rounded, so they may not add up to 100. Below five issues only counts "
        "are told. No number here is about a person.",
        "An issue serves an objective because a rule, its parent, a link or a person says so; the issue itself shows "
        "which. Exempt work needs no objective; its share is agreed beforehand.",
        f"{text.issues(review.undecided.share.count).capitalize()} could not be decided, because Jira has not told us "
        "a field that a rule needs. Work that is in no issue cannot be seen by counting issues.",
        *metric_text.how_metrics_are_made(review),
        *effort_page.how_measured(review),
        *week_text.how_judged(review),
        f"Seen: {text.seen(review.seen)}. A review is late when it is made more than an hour after it was due.",
        "To correct a tag, change the objective’s label on the issue: what a person sets is kept. "
        "The numbers of a published week stay as they are.",
    ]
    items = (element("li", paragraph(escaped(line))) for line in lines)
    return join([heading(2, "How these numbers are made"), element("ul", *items)])
