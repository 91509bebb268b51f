"""What a page's shares are told in: days of work where people were observed, else issues; counts stand beside. Pure."""

from plugin.domain.effort import MILLION
from plugin.review.model import Allocation, Review, percent
from plugin.review.text import NO_BREAK, issues, percentage, signed


def amount(effort: Allocation) -> str:
    """All that the shares are of: 41.5 observed person-days, or 40 issues."""
    if effort.model == "days":
        return f"{effort.total:,.1f} observed person-days"
    return issues(round(effort.total))


def aligned(effort: Allocation) -> float:
    return sum(effort.objectives.values())


def before(review: Review) -> Allocation | None:
    """Last week's, None where it is not known or was told by another model."""
    last = review.trend[-1] if review.trend else None
    if last is None or last.week != review.week.previous() or last.allocation.model != review.effort.model:
        return None
    return last.allocation


def points(review: Review) -> int | None:
    """Change of the aligned share in whole points, as a reader would subtract the two figures."""
    if review.effort.model == "count":
        return review.aligned.points
    last = before(review)
    now = review.effort.ratio(aligned(review.effort))
    then = last.ratio(aligned(last)) if last else None
    return None if now is None or then is None else percent(now) - percent(then)


def of_all(effort: Allocation, part: float) -> str:
    """A percentage; below five issues a count of how many."""
    ratio = effort.ratio(part)
    if ratio is not None:
        return percentage(ratio)
    return f"{part:,.1f}" if effort.model == "days" else f"{part:g}"


def linked(review: Review) -> str:
    """60 % of 41.5 observed person-days (−6 points on last week)."""
    if not review.counted:
        return "no issue moved or was in progress"
    effort, moved = review.effort, points(review)
    told = f" ({signed(moved)} points on last week)" if moved is not None else ""
    return f"{of_all(effort, aligned(effort))} of {amount(effort)}{told}"


def rest(review: Review) -> str:
    """24 % exempt of 20 % agreed; 16 % unlinked. What is not decided stands last, where there is any."""
    effort = review.effort
    if not review.counted:
        return "nothing to share out"
    agreed = sum(row.budget or 0 for row in review.exempt_rows)
    exempt = f"{of_all(effort, sum(effort.exempt.values()))} exempt"
    parts = [f"{exempt} of {percentage(agreed)} agreed" if agreed else exempt]
    parts.append(f"{of_all(effort, effort.unlinked)} unlinked")
    if effort.undecided:
        parts.append(f"{of_all(effort, effort.undecided)} not decided yet")
    return "; ".join(parts)


def beside(review: Review) -> str:
    """The other models' shares, so that nobody takes one for the truth; and the counts where issues lead."""
    share = review.aligned.share
    counted = f"{share.count} of {issues(share.of)}"
    if review.effort.model == "count":
        if share.ratio is None:
            return "Below five issues only counts are told."
        return f"{counted} served an objective. Shares are of issues, as too little of people’s time was observed."
    by_count = f"{percentage(share.ratio)} by count ({counted})" if share.ratio is not None else f"{counted} by count"
    points = review.measured.whole.points.alignment if review.measured and review.measured.whole.points else None
    rest = f", {percentage(points)} by points" if points is not None else ""
    return f"By days of work. {by_count}{rest}."


def observed(review: Review) -> str | None:
    """How much of the teams' working days is in these figures; None where nobody looked."""
    whole = review.measured.whole if review.measured else None
    if whole is None or whole.coverage is None or whole.capacity is None:
        return None
    return f"{percent(whole.coverage)}{NO_BREAK}% of the teams’ {whole.capacity / MILLION:,.1f} working days"
