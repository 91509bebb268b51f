"""Values of metrics, every version of them, and when each source was asked last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from plugin.metrics.point import Point
from plugin.store.tables import metric_asked, metric_point


@dataclass(frozen=True)
class Asked:
    """How the source of one metric answered last."""

    product: str
    metric: str
    source: dict[str, Any]
    """The source as it was written when it was asked."""
    asked_at: datetime
    answered_at: datetime | None
    """When it last answered; None where it never did."""
    failure: str
    """Why it did not answer; "" where it did."""


def record(connection: Connection, product: str, metric: str, given: Iterable[Point]) -> int:
    """Keeps what is new: a day that had no value, or another value or unit than before. Returns how many.

    A corrected value is a new version of its day; the one before stays.
    """
    points = {one.day: one for one in given}
    if not points:
        return 0
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{product}/{metric}", 0))))
    mine = _of(product, metric) & metric_point.c.day.between(min(points), max(points))
    known = {row.day: row for row in connection.execute(_newest(mine))}
    rows = [
        {"product": product, "metric": metric, "version": known[day].version + 1 if day in known else 1, **dict(one)}
        for day, one in sorted(points.items())
        if day not in known or (known[day].value, known[day].unit) != (one.value, one.unit)
    ]
    if rows:
        connection.execute(metric_point.insert(), rows)
    return len(rows)


def of_product(connection: Connection, product: str, until: date, known_at: datetime) -> dict[str, list[Point]]:
    """The points of the product's metrics up to the day, each in the version that was known at the moment."""
    mine = and_(metric_point.c.product == product, metric_point.c.day <= until, metric_point.c.read_at <= known_at)
    found: dict[str, list[Point]] = {}
    for row in connection.execute(_newest(mine)):
        found.setdefault(row.metric, []).append(_point(row))
    return found


def versions(connection: Connection, product: str, metric: str, since: date) -> list[Point]:
    """Every version of every day from `since` on, by day and the oldest version first."""
    statement = select(metric_point).where(_of(product, metric), metric_point.c.day >= since)
    ordered = statement.order_by(metric_point.c.day, metric_point.c.version)
    return [_point(row) for row in connection.execute(ordered)]


def last_day(connection: Connection, product: str, metric: str) -> date | None:
    """The last day that has a value; None where there is none at all."""
    found: date | None = connection.scalar(select(func.max(metric_point.c.day)).where(_of(product, metric)))
    return found


def take(connection: Connection, one: Asked, again: timedelta) -> bool:
    """Whether the caller asks this source now: nobody did within `again` before, or it was written otherwise then."""
    values = {"source": one.source, "asked_at": one.asked_at}
    taken = connection.execute(
        insert(metric_asked)
        .values(product=one.product, metric=one.metric, failure="", **values)
        .on_conflict_do_update(
            index_elements=[metric_asked.c.product, metric_asked.c.metric],
            set_=values,
            where=or_(
                metric_asked.c.asked_at <= one.asked_at - again, metric_asked.c.source.is_distinct_from(one.source)
            ),
        )
        .returning(metric_asked.c.metric)
    )
    return taken.first() is not None


def answered(connection: Connection, product: str, metric: str, at: datetime) -> None:
    _note(connection, product, metric, {"answered_at": at, "failure": ""})


def failed(connection: Connection, product: str, metric: str, words: str) -> None:
    _note(connection, product, metric, {"failure": words})


def asked(connection: Connection) -> dict[tuple[str, str], Asked]:
    """By product and metric: every source that was ever asked."""
    rows = connection.execute(select(metric_asked))
    return {(row.product, row.metric): Asked(**row._mapping) for row in rows}


def _note(connection: Connection, product: str, metric: str, values: dict[str, Any]) -> None:
    mine = and_(metric_asked.c.product == product, metric_asked.c.metric == metric)
    connection.execute(update(metric_asked).where(mine).values(values))


def _newest(mine: ColumnElement[bool]) -> Any:
    """The newest version of each day, by metric and day."""
    order = (metric_point.c.metric, metric_point.c.day)
    return select(metric_point).ext(distinct_on(*order)).where(mine).order_by(*order, metric_point.c.version.desc())


def _of(product: str, metric: str) -> ColumnElement[bool]:
    return and_(metric_point.c.product == product, metric_point.c.metric == metric)


def _point(row: Row[Any]) -> Point:
    return Point(**{name: row._mapping[name] for name in Point.model_fields})
