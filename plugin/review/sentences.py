"""The sentences at a page's top: what moved, what is off target, what is asked. Made by rules; never of a cause."""

from collections.abc import Iterator, Sequence

from plugin.metrics.block import MetricBlock, figure
from plugin.review import leading
from plugin.review.metric_text import BETTER, OUTSIDE
from plugin.review.model import FEWEST, ExceptionRow, Hunger, Review, percent
from plugin.review.text import issues, percentage

GAP_LIMIT = 0.10
"""From this gap between actual and planned share on, the second sentence speaks of it."""

_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth")


def what_moved(review: Review) -> str:
    """The metric that left its usual range, and how much of the work served an objective."""
    told = [*_metric_moved(review), _work_moved(review)]
    return " ".join(told)


def _metric_moved(review: Review) -> Iterator[str]:
    known = [one for one in review.metrics if one.value is not None]
    signals = [one for one in reversed(known) if one.signal]
    first = next((one for one in signals if one.worse), signals[0] if signals else None)
    if first is None:
        if known:
            yield "No metric is outside its usual range."
        return
    moved = first.on_last_week or 0
    verb = "rose to" if moved > 0 else "fell to" if moved < 0 else "stands at"
    range_ = OUTSIDE if first.worse else BETTER
    aim = off_target(first)
    also = "" if len(signals) == 1 else f" {_number(len(signals) - 1, 'other metric')} left their usual range too."
    also = also.replace("metric left their", "metric left its")
    yield f"{first.name} {verb} {first.figure(first.value)}, {range_}{f' and {aim}' if aim else ''}.{also}"


def _work_moved(review: Review) -> str:
    effort = review.effort
    if not review.counted:
        return "No issue moved or was in progress this week."
    share = effort.ratio(leading.aligned(effort))
    if share is None:
        verb = "was" if review.counted == 1 else "were"
        count = review.aligned.share.count
        return f"{issues(review.counted).capitalize()} moved or {verb} in progress; {count} served an objective."
    moved = leading.points(review)
    change = "" if moved is None else ", as last week" if moved == 0 else f", {_points(moved)} than last week"
    return f"{percentage(share)} of {leading.amount(effort)} served an objective{change}."


def off_target(block: MetricBlock) -> str:
    """4.4 points under target; "" at its target, or without one."""
    if block.variance is None or block.on_target:
        return ""
    unit = "" if block.unit == "%" else block.unit
    size = figure(abs(block.variance), block.decimals, unit) + (" points" if block.unit == "%" else "")
    return f"{size} {'over' if block.variance > 0 else 'under'} target"


def what_is_off(review: Review) -> str:
    """Metrics behind their pace, and the largest gap between what was agreed of the work and what happened."""
    said = [*_metrics_off(review), *_work_off(review)]
    if said:
        return " ".join(said)
    if review.counted < FEWEST:
        return f"With fewer than {FEWEST} issues nothing is compared with the plan."
    if not list(_gaps(review)):
        return "No objective has a planned share, so nothing can be compared with a plan."
    return f"Nothing is {percent(GAP_LIMIT)} points or more off its planned or agreed share."


def _metrics_off(review: Review) -> Iterator[str]:
    behind = [one for one in review.metrics if one.value is not None and not one.on_target and _late(one)]
    signalled = {one.id for one in review.metrics if one.signal and one.worse}
    first = next((one for one in behind if one.id not in signalled), None)
    if first and first.pace:
        aim = off_target(first)
        pace = "is behind its pace" if first.pace.word == "behind" else "is at risk"
        yield f"{first.name} {pace} at {first.figure(first.value)}{f', {aim}' if aim else ''}."
    reached = [one for one in review.metrics if one.on_target]
    if reached and not first:
        one = reached[0]
        more = "" if len(reached) == 1 else f", and {_number(len(reached) - 1, 'more metric')} too"
        more = more.replace("metric too", "metric is there too").replace("metrics too", "metrics are there too")
        yield f"{one.name} is at its target with {one.figure(one.value)}{more}."


def _late(block: MetricBlock) -> bool:
    return block.pace is not None and block.pace.word in ("behind", "at risk")


def _work_off(review: Review) -> Iterator[str]:
    gaps = sorted(_gaps(review), key=lambda gap: -gap[0])
    asked = _hungriest(review)
    shown = [words for size, words, id in gaps if size >= GAP_LIMIT and (asked is None or id != asked.objective)]
    yield from shown[:1]


def _gaps(review: Review) -> Iterator[tuple[float, str, str]]:
    effort = review.effort
    for row in review.objectives:
        ratio = effort.of_objective(row.id)
        if row.planned is not None and ratio is not None:
            got = f"{percentage(ratio)} of the work" if row.part.share.count else "no work"
            words = f"“{row.title}” got {got} where {percentage(row.planned)} was planned."
            yield abs(ratio - row.planned), words, row.id
    for exempt in review.exempt_rows:
        ratio = effort.ratio(effort.exempt.get(exempt.id, 0.0))
        if exempt.budget is not None and ratio is not None:
            took = f"Exempt work ({exempt.name}) took {percentage(ratio)} of all work"
            yield ratio - exempt.budget, f"{took} where {percentage(exempt.budget)} was agreed.", exempt.id


def what_is_asked(review: Review) -> str:
    """At most three questions: of the objectives, of what is not explained, of what serves none."""
    asks = [*_about_objectives(review), *_about_exceptions(review), *_about_unlinked(review)]
    return " ".join(asks) or "Nothing is asked this week."


def _hungriest(review: Review) -> Hunger | None:
    starved = [one for one in review.hunger if one.kind == "starved"]
    return max(starved, key=lambda one: one.planned - one.actual, default=None)


def _about_objectives(review: Review) -> Iterator[str]:
    if not review.objectives:
        yield "No objective is active: what is this product’s work for?"
    hungry = _hungriest(review)
    idle = [row for row in review.objectives if row.planned and not row.part.share.count]
    if hungry:
        got = f"{percentage(hungry.actual)} of the work that was to get {percentage(hungry.planned)}"
        yield f"“{hungry.title}” got {got}, for the {_nth(hungry.weeks)} week in a row: keep, move or end it?"
    elif idle and review.counted >= FEWEST:
        rest = "" if len(idle) == 1 else f" (and {len(idle) - 1} more)"
        yield f"“{idle[0].title}”{rest} got no work: keep, move or end it?"


def _about_exceptions(review: Review) -> Iterator[str]:
    waiting: Sequence[ExceptionRow] = [one for one in review.exceptions if not one.answered]
    old = [one for one in waiting if one.weeks > 1]
    if old:
        names = {one.metric for one in old}
        known = next((one.name for one in review.metrics if one.id == old[0].metric), old[0].metric)
        rest = "" if len(names) == 1 else f" and {len(names) - 1} more"
        age = max(one.weeks for one in old)
        verb = "waits" if len(names) == 1 else "wait"
        yield f"{known}{rest} {verb} for an explanation, {age} weeks now: who gives it?"


def _about_unlinked(review: Review) -> Iterator[str]:
    work = review.unlinked_work
    if not work.total:
        return
    if not work.issues:
        yield f"{issues(work.total).capitalize()} serve no objective: link, exempt or stop them?"
        return
    first = work.issues[0]
    if work.total == 1:
        yield f"{first.key} “{first.summary}” serves no objective: link it, exempt it or stop it?"
    else:
        subject = f"{issues(work.total)} serve no objective, first {first.key} “{first.summary}”"
        yield f"{subject}: link, exempt or stop them?"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _points(points: int) -> str:
    return f"{abs(points)} point{'' if abs(points) == 1 else 's'} {'more' if points > 0 else 'less'}"


def _nth(count: int) -> str:
    return _ORDINALS[count] if count < len(_ORDINALS) else f"{count}th"
