"""What is other than a week before: objectives, targets, rules, metrics, streams, work that moved, numbers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from plugin.domain.product import KeyResult, Metric, Objective, Product, Rule
from plugin.domain.week import Week
from plugin.metrics.block import MetricBlock
from plugin.review.model import Allocation, Changed, ChangeKind, MovedWork, Review


def changed(
    before: tuple[Review, Product | None] | None,
    product: Product,
    week: Week,
    now: tuple[Sequence[MetricBlock], Sequence[MovedWork], Allocation | None],
) -> Iterator[Changed]:
    """`before` is the review of the week before with its configuration, None where that week has no review.

    `now` are this week's metrics, the work that moved since, and the week before as it counts now.
    """
    if before is None:
        return
    review, then = before
    blocks, moved, recounted = now
    if then is not None:
        yield from _plans(then, product, week)
    yield from _by_the_calendar(product, week)
    yield from _moved(moved, product)
    yield from _restated(review, blocks, recounted)


def _say(kind: ChangeKind, words: str) -> Changed:
    return Changed(kind=kind, words=words)


def _plans(then: Product, product: Product, week: Week) -> Iterator[Changed]:
    """What the configuration says otherwise."""
    if then == product:
        return
    old, new = {one.id: one for one in then.objectives}, {one.id: one for one in product.objectives}
    names = {one.id: one.name for one in (*then.metrics, *product.metrics)}
    for id, one in new.items():
        if id not in old:
            yield _say("objective", f"“{one.title}” ({one.quarter}) was added.")
        else:
            yield from _objective(old[id], one, names)
    yield from (_say("objective", f"“{one.title}” was removed.") for id, one in old.items() if id not in new)
    yield from _rules(then, product, {**old, **new})
    yield from _metrics(then.metrics, product.metrics)
    yield from _streams(then, product)


def _objective(old: Objective, new: Objective, names: Mapping[str, str]) -> Iterator[Changed]:
    if old.title != new.title:
        yield _say("objective", f"“{old.title}” is called “{new.title}”.")
    for word, before, after in (
        ("was agreed on", old.agreed, new.agreed),
        ("was ended on", old.ended, new.ended),
        ("was dropped on", old.dropped, new.dropped),
    ):
        if after and after != before:
            yield _say("objective", f"“{new.title}” {word} {after:%-d %b %Y}.")
    if old.quarter != new.quarter:
        yield _say("objective", f"“{new.title}” is of {new.quarter}, where it was of {old.quarter}.")
    if old.planned_share != new.planned_share:
        yield _say(
            "target",
            f"The planned share of “{new.title}” is {_share(new.planned_share)}, "
            f"where it was {_share(old.planned_share)}.",
        )
    yield from _targets(old, new, names)


def _share(planned: float | None) -> str:
    return "open" if planned is None else f"{planned * 100:.4g}\u00a0%"


def _targets(old: Objective, new: Objective, names: Mapping[str, str]) -> Iterator[Changed]:
    before, after = ({one.metric: one for one in each.key_results} for each in (old, new))
    for metric in dict.fromkeys((*before, *after)):
        name, was, is_now = names.get(metric, metric), before.get(metric), after.get(metric)
        if was is None:
            yield _say("target", f"“{new.title}” has a key result on {name}: {_aim(is_now)}.")
        elif is_now is None:
            yield _say("target", f"“{new.title}” has no key result on {name} any more; it was {_aim(was)}.")
        elif was != is_now:
            yield _say("target", f"The target of “{new.title}” on {name} is {_aim(is_now)}, where it was {_aim(was)}.")


def _aim(result: KeyResult | None) -> str:
    if result is None:
        return "none"
    if result.keep:
        return f"to stay {result.keep} {result.target:g}"
    return f"{result.target:g}" if result.baseline is None else f"{result.target:g} from {result.baseline:g}"


def _rules(then: Product, product: Product, objectives: Mapping[str, Objective]) -> Iterator[Changed]:
    old, new = {one.id: one for one in then.rules}, {one.id: one for one in product.rules}

    def served(rule: Rule) -> str:
        return f"“{objectives[rule.objective].title}”" if rule.objective in objectives else rule.objective

    for id, one in new.items():
        if id not in old:
            yield _say("rule", f"Rule {id} was added: {one.when} → {served(one)}.")
        elif old[id] != one:
            parts = []
            if old[id].when != one.when:
                parts.append(f"it asks {one.when}, where it asked {old[id].when}")
            if old[id].objective != one.objective:
                parts.append(f"it leads to {served(one)}, where it led to {served(old[id])}")
            if old[id].priority != one.priority:
                parts.append(f"its priority is {one.priority}, where it was {old[id].priority}")
            yield _say("rule", f"Rule {id} changed: {'; '.join(parts) or 'its why is other words'}.")
    yield from (
        _say("rule", f"Rule {id} was removed; it led to {served(one)}.") for id, one in old.items() if id not in new
    )
    if then.scope != product.scope:
        yield _say("rule", f"The product’s scope is {product.scope}, where it was {then.scope}.")
    if then.exempt != product.exempt:
        yield _say("rule", "What is exempt was changed.")


def _metrics(before: Sequence[Metric], after: Sequence[Metric]) -> Iterator[Changed]:
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    yield from (_say("metric", f"{one.name} was added.") for id, one in new.items() if id not in old)
    yield from (_say("metric", f"{one.name} was removed.") for id, one in old.items() if id not in new)
    for id, one in new.items():
        if id in old and old[id].unit != one.unit:
            units = f"is told in {one.unit or 'plain numbers'}, where it was in {old[id].unit or 'plain numbers'}"
            yield _say("metric", f"{one.name} {units}: values of before are not compared with.")
        if id in old and old[id].certified != one.certified:
            by = f"certified by {one.certified.by}, {one.certified.on:%-d %b %Y}" if one.certified else "not certified"
            yield _say("metric", f"{one.name} is {by}.")


def _streams(then: Product, product: Product) -> Iterator[Changed]:
    old, new = {one.id: one for one in then.streams}, {one.id: one for one in product.streams}
    yield from (_say("stream", f"Stream {one.name} was added.") for id, one in new.items() if id not in old)
    yield from (_say("stream", f"Stream {one.name} was closed.") for id, one in old.items() if id not in new)
    for id, one in new.items():
        if id in old and old[id].name != one.name:
            yield _say("stream", f"Stream {old[id].name} is called {one.name}.")
        if id in old and old[id].projects != one.projects:
            projects = ", ".join(one.projects) or "none"
            yield _say("stream", f"The projects of stream {one.name} are {projects}.")


def _by_the_calendar(product: Product, week: Week) -> Iterator[Changed]:
    """What began in this week, and what ended with the week before or in this one."""
    first, last = week.monday, week.monday + timedelta(days=6)
    for one in product.objectives:
        if one.life(one.quarter.first) == "active" and first <= one.quarter.first <= last:
            yield _say("objective", f"“{one.title}” began on {one.quarter.first:%-d %b %Y}.")
        if not one.dropped and not one.ended and first <= one.last + timedelta(days=1) <= last:
            yield _say("objective", f"“{one.title}” ended on {one.last:%-d %b %Y}.")


def _moved(moved: Sequence[MovedWork], product: Product) -> Iterator[Changed]:
    titles = {one.id: f"“{one.title}”" for one in product.objectives}
    for one in moved:
        count = "1 issue" if one.issues == 1 else f"{one.issues:,} issues"
        before = titles.get(one.before, one.before) if one.before else "no objective"
        after = titles.get(one.after, one.after) if one.after else "no objective"
        yield _say("work", f"{count} moved from {before} to {after}.")


def _restated(review: Review, blocks: Sequence[MetricBlock], recounted: Allocation | None) -> Iterator[Changed]:
    """Frozen figures that would be other ones now; the frozen week itself stays as it is."""
    now = {(one.id, one.unit, week.name): week.value for one in blocks for week in one.weeks}
    for block in review.metrics:
        for week in block.weeks:
            key = (block.id, block.unit, week.name)
            if key in now and now[key] != week.value:
                figures = f"{block.figure(now[key])}, where its review said {block.figure(week.value)}"
                yield _say("number", f"{block.name} of {week.name} is {figures}.")
    if recounted and recounted.model == review.effort.model:
        yield from _recounted(review, recounted)


def _recounted(review: Review, now: Allocation) -> Iterator[Changed]:
    then = review.effort
    for name, before, after in (
        ("linked to an objective", sum(then.objectives.values()), sum(now.objectives.values())),
        ("exempt", sum(then.exempt.values()), sum(now.exempt.values())),
        ("unlinked", then.unlinked, now.unlinked),
    ):
        if (round(before, 6), then.issues) != (round(after, 6), now.issues):
            told = f"{after:g} of {now.total:g} counted, where its review said {before:g} of {then.total:g}"
            yield _say("number", f"Work of {review.week} that is {name}: {told}.")
