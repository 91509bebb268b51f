"""Work that needs a decision: unlinked, released and not verified, possibly done twice; and what has changed."""

from plugin.review import text, week_text
from plugin.review.model import PairedIssue, Review, UnlinkedIssue
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.storage import (
    Markup,
    element,
    heading,
    join,
    link,
    paragraph,
    table,
)
from plugin.review.storage import text as escaped


def unlinked(review: Review) -> Markup:
    title = heading(2, "Unlinked work that needs a decision")
    work = review.unlinked_work
    beneath = [line(one) for one in week_text.about_linking(review)]
    if not work.total:
        words = "Every issue of this week serves an objective, is exempt, or is not decided yet."
        return join([title, line(words), *beneath])
    header = [head("Issue"), head("Stage"), number_head("Age"), head("Why it is unlinked"), head("One step")]
    rows = [_unlinked_row(issue) for issue in work.issues]
    return join([title, line(text.what_is_unlinked(review)), table(header, rows), _the_rest(review), *beneath])


def _unlinked_row(issue: UnlinkedIssue) -> list[Markup]:
    name = paragraph(link(issue.url, issue.key), escaped(f" {issue.summary}"), escaped(f" ({issue.issuetype})"))
    age = text.NONE if issue.age_days is None else week_text.days(issue.age_days)
    return [name, cell(issue.stage), figure(age), cell(issue.reason), cell(_what_to_do(issue))]


def _what_to_do(issue: UnlinkedIssue) -> str:
    return f"{issue.looks_like} {issue.step}" if issue.looks_like else issue.step


def _the_rest(review: Review) -> Markup:
    work = review.unlinked_work
    hidden = work.total - len(work.issues)
    words = f"{hidden} more; see all of them in Jira as they are now" if hidden else "See them in Jira as they are now"
    if work.url:
        return paragraph(link(work.url, words))
    return line(f"{hidden} more are not shown.") if hidden else Markup("")


def changed(review: Review) -> Markup:
    title = heading(2, "Changed since last week")
    if not review.changed:
        return join([title, line(week_text.nothing_changed(review))])
    shown = review.changed[: week_text.MOST_CHANGES]
    items = [element("li", paragraph(escaped(one.words))) for one in shown]
    hidden = len(review.changed) - len(shown)
    rest = [line(f"{hidden} more; all of them are in the review’s JSON.")] if hidden else []
    return join([title, element("ul", *items), *rest])


def released(review: Review) -> Markup:
    title, released = heading(2, "Released, not yet verified"), review.released
    if not released.total:
        return join([title, line("No released work for an objective waits to be verified.")])
    rows = [
        [
            paragraph(link(one.url, one.key), escaped(f" {one.summary}")),
            cell(one.objective),
            figure(week_text.days((review.generated_at - one.since).days)),
        ]
        for one in released.issues
    ]
    hidden = released.total - len(rows)
    rest = [line(f"{hidden} more were released later than these.")] if hidden else []
    header = [head("Issue"), head("Objective: did it help?"), number_head("Released for")]
    return join([title, table(header, rows), *rest])


def duplicates(review: Review) -> Markup:
    title, found = heading(2, "Possible duplicate effort"), review.duplicates
    if found is None:
        return join([title, line("Nothing was compared: no candidates were looked for.")])
    if not found.pairs:
        return join([title, line("No two open issues of different streams look alike.")])
    rows = [[_paired(pair.one), _paired(pair.other), cell(", ".join(pair.words))] for pair in found.pairs]
    hidden = found.total - len(rows)
    rest = [line(f"{hidden} more look alike; the console shows them.")] if hidden else []
    words = (
        "Open issues of different streams that look alike: link them, close one, or dismiss the pair in the console."
    )
    return join([title, line(words), table([head("Issue"), head("Looks like"), head("Words of both")], rows), *rest])


def _paired(one: PairedIssue) -> Markup:
    return paragraph(link(one.url, one.key), escaped(f" {one.summary} ({one.stream})"))
