"""Decisions and asks, and how the numbers are made."""

from plugin.review import effort_page, metric_text, text, week_text
from plugin.review.model import Review
from plugin.review.regions import ANSWER, ASK, BY_WHEN, DECISIONS, WHO
from plugin.review.sections.cells import cell, head, line
from plugin.review.storage import (
    Markup,
    element,
    heading,
    join,
    paragraph,
    table,
)
from plugin.review.storage import text as escaped


def decisions(review: Review) -> Markup:
    title = heading(2, DECISIONS)
    open_rows = [one for one in review.asks if one.open]
    words = "" if open_rows else "The numbers ask nothing. "
    rows = [[cell(x) for x in (one.words, one.who, one.by, "", week_text.open_since(one))] for one in open_rows]
    told = f"{words}Add rows here. A row is open until it has an answer; what is open goes into next week’s page."
    return join([title, line(told), table([head(one) for one in (ASK, WHO, BY_WHEN, ANSWER, "Open since")], rows)])


def how_made(review: Review) -> Markup:
    lines = [
        "Every issue in scope that changed status or was in progress during the week counts once, whatever its size. "
        "An epic and each of its children count as separate issues.",
        "All shares are of these issues, and rounded, so they may not add up to 100. Below five issues only counts "
        "are told. No number here is about a person.",
        "An issue serves an objective because a rule, its parent, a link or a person says so; the issue itself shows "
        "which. Exempt work needs no objective; its share is agreed beforehand.",
        f"{text.issues(int(review.undecided.share.count)).capitalize()} could not be decided, because Jira has not "
        "told us a field that a rule needs. Work that is in no issue cannot be seen by counting issues.",
        *metric_text.how_metrics_are_made(review),
        *effort_page.how_measured(review),
        *week_text.how_judged(review),
        f"Seen: {text.seen(review.seen)}. A review is late when it is made more than an hour after it was due.",
        "To correct a tag, change the objective’s label on the issue: what a person sets is kept. "
        "The numbers of a published week stay as they are.",
    ]
    items = (element("li", paragraph(escaped(line))) for line in lines)
    return join([heading(2, "How these numbers are made"), element("ul", *items)])
