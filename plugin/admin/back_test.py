"""Last week's and this quarter's shares, under the rules in force and under the planned ones."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from plugin.admin.planned import BackTest
from plugin.alignment.rulebook import RuleBook
from plugin.domain.product import Configuration, Product
from plugin.domain.week import Week
from plugin.path.decide import Judged
from plugin.review.count import Counted, Shares, Span, Tally

Sides = tuple[Counted | None, Counted | None]
"""Before and after."""


class BackTesting:
    """One product over one span, counted twice over the same issues. None is a product that is not there."""

    def __init__(self, product: str, span: Span, before: Tally | None, after: Tally | None) -> None:
        self.product, self.span, self.before, self.after = product, span, before, after

    @property
    def so_far(self) -> Sides:
        return (self.before.so_far if self.before else None, self.after.so_far if self.after else None)

    def add(self, judged: Judged, id: str) -> None:
        previous = judged.previous.get(id)
        if self.before and previous:
            self.before.add(previous)
        if self.after:
            self.after.add(judged.verdicts[id])

    def told(self) -> BackTest:
        def shares(tally: Tally | None) -> Shares | None:
            return tally.shares() if tally else None

        return BackTest(self.product, self.span, shares(self.before), shares(self.after))


def back_tests(
    active: Configuration | None, wanted: Configuration, book: RuleBook, now: datetime, so_far: Sequence[Sides]
) -> list[BackTesting]:
    """For every product of either configuration; each goes on from its place in what is there `so_far`."""
    found = []
    for at, (id, span) in enumerate(_spans(active, wanted, book, now)):
        before, after = so_far[at] if at < len(so_far) else (None, None)
        old = _tally(active.product(id) if active else None, span, before)
        found.append(BackTesting(id, span, old, _tally(wanted.product(id), span, after)))
    return found


def _tally(product: Product | None, span: Span, so_far: Counted | None) -> Tally | None:
    return Tally(product, span, so_far) if product else None


def _spans(
    active: Configuration | None, wanted: Configuration, book: RuleBook, now: datetime
) -> Iterator[tuple[str, Span]]:
    """Last week and this quarter for every product of either configuration."""
    last_week = Span.of_week(Week.of(now, book.zone).previous())
    old = {one.id: one for one in active.products} if active else {}
    for id, product in (old | {one.id: one for one in wanted.products}).items():
        yield id, last_week
        yield id, Span.of_quarter(product, book.today(now))
