"""The words of a review: sentences and figures made from its numbers by rules. Nothing here knows of markup."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.review.model import FEWEST, ChangesSeen, Part, Review, Share, percent

NONE = "–"
MINUS = "−"
NO_BREAK = "\u00a0"
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
    return f"{percent(ratio)}{NO_BREAK}%"


def share_alone(share: Share | None) -> str:
    """For a table's cell under a heading that names the denominator; counts where a percentage would mislead."""
    if share is None:
        return NONE
    return f"{share.count}{NO_BREAK}of{NO_BREAK}{share.of}" if share.ratio is None else percentage(share.ratio)


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
        live += f" ({tenths // 10}.{tenths % 10}{NO_BREAK}%)" if tenths < 1000 else f" (100{NO_BREAK}%)"
    told = f"{live}, {changes.recovered:,} recovered by the sweep, {changes.lost:,} lost"
    if changes.history_until is None:
        return told
    until = f"{changes.history_until:%-d %b %Y %H:%M} UTC"
    return f"{told}; what happened until {until}, before Plumbline’s first start, was read from Jira’s history"


def made(review: Review) -> str:
    moment = f"{_local(review.generated_at, review):%a %-d %b %Y %H:%M}"
    punctual = f"late: due {_local(review.due_at, review):%a %-d %b %H:%M}" if review.late else "on time"
    return f"{moment}, {punctual} · rules version {review.rules_version} · page version {review.template_version}"


def due(review: Review) -> str:
    return f"{_local(review.due_at, review):%a %-d %b %Y %H:%M}"


def _local(moment: datetime, review: Review) -> datetime:
    return moment.astimezone(ZoneInfo(review.period.zone))


def what_is_unlinked(review: Review) -> str:
    work = review.unlinked_work
    share = share_of_issues(Share(count=work.total, of=review.counted))
    verbs = "serves no objective and is" if work.total == 1 else "serve no objective and are"
    order = "" if len(work.issues) == 1 else " Work in progress stands first."
    return f"{share} {verbs} not exempt.{order}"
