"""A year's page: its goals as bets, what served them and what that got, and how they were revised."""

from collections.abc import Iterator

from plugin.domain.product import Goal, Objective
from plugin.review import text
from plugin.review.sections.cells import cell, figure, head, line, number_head
from plugin.review.standing.known import Known, filled, linked, listed, quarter_key, titled, year_key
from plugin.review.storage import Markup, facts_table, heading, join


def title(known: Known, year: int) -> str:
    return titled(known.name, f"year {year}")


def key(known: Known, year: int) -> str:
    return year_key(known.product.id, year)


def render(known: Known, year: int) -> str:
    goals = [one for one in known.product.goals if one.year == year]
    facts = known.product.product
    about = [line(words) for words in (facts.vision, facts.strategy) if words]
    return join([*about, *(part for one in goals for part in _goal(known, one))])


def _goal(known: Known, goal: Goal) -> Iterator[Markup]:
    yield heading(2, goal.title)
    bet = goal.bet
    yield facts_table(
        filled(
            [
                ("Data", bet.data),
                ("Insight", bet.insight),
                ("Belief", bet.belief),
                ("Bet", bet.bet),
                ("Outcome", _outcome(known, goal)),
            ]
        )
    )
    served = [one for one in known.product.objectives if one.goal == goal.id]
    rows = [_served(known, one) for one in sorted(served, key=lambda one: (one.quarter.first, one.id))]
    header = [head("Objective"), head("Quarter"), number_head("Attained"), number_head("Planned"), number_head("Got")]
    yield from listed(header, rows) or [line("No objective has served it yet.")]
    revised = list(_revisions(known, goal))
    yield line(f"Revised: {' '.join(revised)}" if revised else "It stands as it was first written.")


def _served(known: Known, one: Objective) -> list[Markup]:
    def share(of: float | None) -> Markup:
        return figure(text.NONE if of is None else text.percentage(max(0.0, of)))

    return [
        cell(one.title),
        linked(known, quarter_key(known.product.id, one.quarter), str(one.quarter)),
        share(known.attainment(one)),
        share(one.planned_share),
        share(known.got(one)),
    ]


def _outcome(known: Known, goal: Goal) -> str:
    """The goal's metric as it stands, and how it stood a year before; it does not say why."""
    if not goal.outcome:
        return "no metric: nothing will tell whether the bet was won"
    name = next((one.name for one in known.product.metrics if one.id == goal.outcome), goal.outcome)
    block = next((one for one in known.latest.metrics if one.id == goal.outcome), None) if known.latest else None
    if block is None or block.value is None:
        return f"{name}: no value in the latest week"
    before = block.weeks[-1].year_before
    then = f"; {block.figure(before)} in the same week a year before" if before is not None else ""
    return f"{name}: {block.figure(block.value)}{then}"


def _revisions(known: Known, goal: Goal) -> Iterator[str]:
    """Each change of the goal in the configuration, with its day and the reason that was given."""
    before: Goal | None = None
    for one in known.sayings:
        said = next((each for each in one.product.goals if each.id == goal.id), None)
        if before is not None and said is not None and said != before:
            yield f"{one.day:%-d %b %Y}, “{one.why}”."
        before = said or before
