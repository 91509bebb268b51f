"""A quarter at a glance: what its objectives are, where they stand, and what their streams and metrics lack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from plugin.domain.product import Configuration, Life, Objective, Product, Stream
from plugin.domain.verdict import State
from plugin.domain.week import Quarter
from plugin.metrics.block import MetricBlock
from plugin.review.model import ObjectiveRow, Review, percent
from plugin.review.upgrade import read as read_review
from plugin.store import overview, points, reviews

if TYPE_CHECKING:
    from plugin.alignment.rulebook import RuleBook

OLD_CHARTER = 180
"""Days after which a charter is worth a look."""


@dataclass(frozen=True)
class ObjectiveLine:
    """`row` is the newest frozen review's, None where it names the objective not."""

    objective: Objective
    life: Life
    row: ObjectiveRow | None
    open: int
    drafted: bool

    @property
    def actual(self) -> str:
        ratio = self.row.part.share.ratio if self.row else None
        return "–" if ratio is None else f"{percent(ratio)} %"


@dataclass(frozen=True)
class StreamLine:
    """`age` is of the charter, in days; None where nobody said when it was revised."""

    stream: Stream
    age: int | None

    @property
    def old(self) -> bool:
        return self.age is None or self.age > OLD_CHARTER


@dataclass(frozen=True)
class MetricLine:
    """`failure` is why its source did not answer when it was asked last; "" where it did, or was not asked."""

    block: MetricBlock
    failure: str


@dataclass(frozen=True)
class ProductQuarter:
    product: Product
    review: Review | None
    quarters: Sequence[Quarter]
    quarter: Quarter
    objectives: Sequence[ObjectiveLine]
    streams: Sequence[StreamLine]
    metrics: Sequence[MetricLine]

    @property
    def planned(self) -> float:
        """The shares that are planned for what is not over, 0 to 1."""
        return sum(one.objective.planned_share or 0 for one in self.objectives if one.life not in ("ended", "dropped"))


def at_a_glance(
    connection: Connection, shown: Configuration, book: "RuleBook", asked: str, today: date
) -> list[ProductQuarter]:
    """Each product of the configuration that is shown, which may be a draft; the numbers are of what is in force."""
    counted = {one.objective: one.number for one in overview.counted(connection) if one.state is State.ALIGNED}
    failures = {(product, metric): one.failure for (product, metric), one in points.asked(connection).items()}
    return [_product(connection, one, book, (asked, today), (counted, failures)) for one in shown.products]


def _product(
    connection: Connection,
    product: Product,
    book: "RuleBook",
    when: tuple[str, date],
    told: tuple[Mapping[Any, int], Mapping[tuple[str, str], str]],
) -> ProductQuarter:
    asked, today = when
    counted, failures = told
    quarters = sorted({one.quarter for one in product.objectives}, key=lambda one: one.first, reverse=True)
    current = next((one for one in quarters if one.first <= today <= one.last), None) or Quarter.of(today)
    quarter = next((one for one in quarters if one.name == asked), current)
    review = _newest(connection, product.id)
    rows = {one.id: one for one in review.objectives} if review else {}
    lines = [
        ObjectiveLine(one, one.life(today), rows.get(one.id), counted.get(one.id, 0), book.objective(one.id) != one)
        for one in product.objectives
        if one.quarter == quarter
    ]
    streams = [
        StreamLine(one, (today - one.charter.revised).days if one.charter.revised else None) for one in product.streams
    ]
    metrics = [MetricLine(one, failures.get((product.id, one.id), "")) for one in (review.metrics if review else ())]
    return ProductQuarter(product, review, quarters, quarter, lines, streams, metrics)


def _newest(connection: Connection, product: str) -> Review | None:
    weeks = reviews.weeks_of(connection, product)
    body = reviews.frozen(connection, product, max(weeks)) if weeks else None
    return read_review(body) if body else None
