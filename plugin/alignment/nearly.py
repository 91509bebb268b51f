"""What was nearly a match: rules of which one clause alone failed while something beside it held."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from plugin.alignment.rulebook import RuleBook
from plugin.alignment.verdicts import as_issue
from plugin.domain.frozen import Frozen
from plugin.domain.issue import Snapshot
from plugin.domain.verdict import Verdict
from plugin.jql import Condition, View


class Nearly(Frozen):
    """A rule or exempt class that would have matched but for one clause, and the value that the clause met."""

    name: str
    objective: str | None
    clause: str
    value: str


def nearly(snapshot: Snapshot, verdict: Verdict, book: RuleBook, now: datetime) -> Sequence[Nearly]:
    """In the order in which they would be asked; rules of objectives that are not active today are left out."""
    product = next((one for one in book.products if one.product.id == verdict.product), None)
    if product is None:
        return ()
    view = View(as_issue(snapshot), now)
    active = book.active(book.today(now))
    named: list[tuple[str, str | None, Condition]] = [
        *(
            (f"rule {one.rule.id}", one.objective.id, one.condition)
            for one in product.rules
            if one.objective.id in active
        ),
        *((f"exempt class {one.exempt.id}", None, one.condition) for one in product.exempt),
    ]
    return tuple(_near(view, named))


def _near(view: View, named: Sequence[tuple[str, str | None, Condition]]) -> Iterator[Nearly]:
    for name, objective, condition in named:
        if near := condition.explain(view).nearly:
            value = near.value or "; ".join(dict.fromkeys(part.value for part in near.parts if part.value))
            yield Nearly(name=name, objective=objective, clause=near.clause, value=value)
