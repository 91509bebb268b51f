"""Metrics and points as the tests of this room write them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from plugin.domain.product import KeyResult, Metric, Objective, Product, ProductFacts, ReviewPlan, Site
from plugin.domain.week import Quarter, Week
from plugin.metrics.point import Point

READ_AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
WEEK = Week(2026, 47)
"""Monday 16 to Sunday 22 November 2026; it ends on day 53 of 92 of the quarter."""
Q4 = Quarter.parse("2026-Q4")
SITE = Site(time_zone="Europe/Dublin", review=ReviewPlan(space="PROD"))


def metric(**known: object) -> Metric:
    given = {"id": "conversion", "name": "Checkout conversion", "kind": "outcome", "unit": "%"}
    return Metric.model_validate(given | known)


def point(day: date, value: float, read_at: datetime = READ_AT, unit: str = "%") -> Point:
    return Point(day=day, value=value, source="csv", read_at=read_at, unit=unit)


def weekly(values: Iterable[float], last: Week = WEEK) -> list[Point]:
    """One point a week, on its Friday; the last value is that of the last week."""
    given = list(values)
    friday = last.monday + timedelta(days=4)
    return [point(friday - timedelta(weeks=len(given) - 1 - at), value) for at, value in enumerate(given)]


def product(*results: KeyResult, metrics: tuple[Metric, ...] = (), quarter: Quarter = Q4) -> Product:
    objective = Objective(
        id="checkout-1", stream="checkout", title="Fewer give up", quarter=quarter, key_results=results
    )
    return Product(
        product=ProductFacts(id="acme-pay", name="Acme Pay"),
        scope="project = CHK",
        metrics=metrics or (metric(),),
        objectives=(objective,),
    )
