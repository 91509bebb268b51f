"""The words of a review: sentences and figures made from its numbers by rules. Nothing here knows of markup."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.review.model import FEWEST, ChangesSeen, Part, Review, Share, percent

GAP_LIMIT = 0.10
"""From this gap between actual and planned share on, the second sentence speaks of it."""

NONE = "–"
MINUS = "−"
_NO_BREAK = "\u00a0"
_TITLE_ROOM = 220
"""Characters of a product's name in a title; Confluence allows 255 for the whole."""


def title(review: Review) -> str:
    """The page's title: product and ISO week, one line that can be printed, short enough for Confluence."""
    line = " ".join(review.product_name.split())
    name = "".join(one for one in line if one.isprintable())[:_TITLE_ROOM] or review.product
    return f"{name}, week {review.week.number} of {review.week.year}"


def issues(count: int) -> str:
    return "1 issue" if count == 1 else f"{count:,} issues"


def percentage(ratio: float) -> str:
    return f"{percent(ratio)}{_NO_BREAK}%"


def share_alone(share: Share | None) -> str:
    """For a table's cell under a heading that names the denominator; counts where a percentage would mislead."""
    if share is None:
        return NONE
    return f"{share.count}{_NO_BREAK}of{_NO_BREAK}{share.of}" if share.ratio is None else percentage(share.ratio)


def share_of_issues(share: Share) -> str:
    """With its denominator, for a sentence."""
    if share.ratio is None:
        return f"{share.count} of {issues(share.of)}"
    return f"{percentage(share.ratio)} ({share.count} of {issues(share.of)})"


def signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"{MINUS}{-points}" if points < 0 else "0"


def points_off(share: Share, planned: float | None) -> str:
    """Actual minus planned in whole points, as a reader would subtract the two figures beside it."""
    if share.ratio is None or planned is None:
        return NONE
    return signed(percent(share.ratio) - percent(planned))


def change(part: Part) -> str:
    """The change on last week in words; empty where last week cannot be compared with."""
    points = part.points
    if points is None:
        return ""
    if points == 0:
        return "as last week"
    size = f"{abs(points)} point{'' if abs(points) == 1 else 's'}"
    return f"{size} {'more' if points > 0 else 'less'} than last week"


def period(review: Review) -> str:
    first, last = review.week.monday, review.week.monday + timedelta(days=6)
    start = f"{first:%a %-d}" if (first.year, first.month) == (last.year, last.month) else f"{first:%a %-d %b}"
    start += f" {first.year}" if first.year != last.year else ""
    words = f"{start} to {last:%a %-d %b %Y}, {review.period.zone}"
    if review.quarter:
        quarter = review.quarter
        words += f" (ends on day {_day(last, quarter.first)} of {_day(quarter.last, quarter.first)} of {quarter})"
    return words + ("; the week was not over when this page was made" if review.running else "")


def _day(day: date, first: date) -> int:
    return (day - first).days + 1


def linked(review: Review) -> str:
    """The alignment share for the header, with what it is a share of and last week's."""
    words, before = share_of_issues(review.aligned.share), review.aligned.before
    if before is None:
        return f"{words}; the week before has no review"
    told = change(review.aligned)
    return f"{words}, {told}: {share_of_issues(before)}" if told else f"{words}; last week {share_of_issues(before)}"


def remainder(review: Review) -> str:
    """What is not linked, for the header."""
    agreed = sum(row.budget or 0 for row in review.exempt_rows)
    parts = [(f"exempt ({percentage(agreed)} agreed)" if agreed else "exempt", review.exempt)]
    parts.append(("unlinked", review.unlinked))
    if review.undecided.share.count:
        parts.append(("not decided yet", review.undecided))
    return f"{', '.join(f'{_figure(part.share)} {name}' for name, part in parts)}; of {issues(review.counted)}"


def _figure(share: Share) -> str:
    return str(share.count) if share.ratio is None else percentage(share.ratio)


def seen(changes: ChangesSeen) -> str:
    """How much of what happened in Jira reached us; the percentage is rounded down, so 100 % means all."""
    whole = changes.live + changes.recovered + changes.lost
    if not whole and changes.history_until:
        return "read from Jira’s history afterwards, as Plumbline was started later"
    if not whole:
        return "no change in Jira was reported to us in this period"
    live = f"{changes.live:,} of {whole:,} changes seen live"
    if whole >= FEWEST:
        tenths = changes.live * 1000 // whole
        live += f" ({tenths // 10}.{tenths % 10}{_NO_BREAK}%)" if tenths < 1000 else f" (100{_NO_BREAK}%)"
    told = f"{live}, {changes.recovered:,} recovered by the sweep, {changes.lost:,} lost"
    if changes.history_until is None:
        return told
    until = f"{changes.history_until:%-d %b %Y %H:%M} UTC"
    return f"{told}; what happened until {until}, before Plumbline’s first start, was read from Jira’s history"


def made(review: Review) -> str:
    moment = f"{_local(review.generated_at, review):%a %-d %b %Y %H:%M}"
    punctual = f"late: due {_local(review.due_at, review):%a %-d %b %H:%M}" if review.late else "on time"
    return f"{moment}, {punctual} · rules version {review.rules_version} · page version {review.template_version}"


def _local(moment: datetime, review: Review) -> datetime:
    return moment.astimezone(ZoneInfo(review.period.zone))


def what_moved(review: Review) -> str:
    share = review.aligned.share
    if not share.of:
        return "No issue moved or was in progress this week."
    if share.ratio is None:
        verb = "was" if share.of == 1 else "were"
        return f"{issues(share.of).capitalize()} moved or {verb} in progress; {share.count} served an objective."
    told = change(review.aligned)
    words = f"{percentage(share.ratio)} of the work served an objective ({share.count} of {issues(share.of)}"
    return f"{words}; {told})." if told else f"{words})."


def what_is_off(review: Review) -> str:
    """The largest gap between what was agreed and what happened."""
    if review.counted < FEWEST:
        return f"With fewer than {FEWEST} issues nothing is compared with the plan."
    gaps = sorted(_gaps(review), key=lambda gap: -gap[0])
    if gaps and gaps[0][0] >= GAP_LIMIT:
        return gaps[0][1]
    if gaps:
        return f"Nothing is {percent(GAP_LIMIT)} points or more off its planned or agreed share."
    return "No objective has a planned share, so nothing can be compared with a plan."


def _gaps(review: Review) -> Iterable[tuple[float, str]]:
    for row in review.objectives:
        share = row.part.share
        if row.planned is not None and share.ratio is not None:
            got = f"{percentage(share.ratio)} of the work ({share.count} of {issues(share.of)})"
            words = f"“{row.title}” got {got if share.count else 'no work'}; {percentage(row.planned)} was planned."
            yield abs(share.ratio - row.planned), words
    for exempt in review.exempt_rows:
        share = exempt.part.share
        if exempt.budget is not None and share.ratio is not None:
            took = f"Exempt work ({exempt.name}) took {share_of_issues(share)}"
            yield share.ratio - exempt.budget, f"{took}; {percentage(exempt.budget)} was agreed."


def what_is_unlinked(review: Review) -> str:
    work = review.unlinked_work
    share = share_of_issues(Share(count=work.total, of=review.counted))
    verbs = "serves no objective and is" if work.total == 1 else "serve no objective and are"
    order = "" if len(work.issues) == 1 else " Work in progress stands first."
    return f"{share} {verbs} not exempt.{order}"


def what_is_asked(review: Review) -> str:
    asks = [*_asks_about_objectives(review), *_asks_about_unlinked(review)]
    return " ".join(asks) or "Nothing is asked this week."


def _asks_about_objectives(review: Review) -> Iterable[str]:
    if not review.objectives:
        yield "No objective is active: what is this product's work for?"
    idle = [row for row in review.objectives if row.planned and not row.part.share.count]
    if idle and review.counted >= FEWEST:
        rest = "" if len(idle) == 1 else f" (and {len(idle) - 1} more)"
        yield f"“{idle[0].title}”{rest} got no work: keep, move or end it?"


def _asks_about_unlinked(review: Review) -> Iterable[str]:
    work = review.unlinked_work
    if not work.total:
        return
    first = work.issues[0]
    if work.total == 1:
        yield f"{first.key} “{first.summary}” serves no objective: link it, exempt it or stop it?"
    else:
        subject = f"{issues(work.total)} serve no objective, first {first.key} “{first.summary}”"
        yield f"{subject}: link, exempt or stop them?"
