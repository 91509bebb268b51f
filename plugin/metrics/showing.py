"""What is known of one metric, out of the store, for people at a terminal."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.domain.week import Week
from plugin.metrics.block import metric_block
from plugin.metrics.point import Point
from plugin.metrics.record import RecordError, find_metric
from plugin.metrics.series import Days
from plugin.metrics.shown import lines
from plugin.store import configurations, points


def shown(connection: Connection, metric: tuple[str, str | None], week: Week | None, now: datetime) -> Iterator[str]:
    """Lines about the metric of that id and product, in that week or the last one that is over. Raises RecordError."""
    configuration = configurations.active(connection)
    if configuration is None:
        raise RecordError("unknown", "no configuration is in force; run `plumbline apply`")
    product, found = find_metric(configuration, *metric)
    asked_for = week or Week.of(now, ZoneInfo(configuration.site.time_zone)).previous()
    known = points.of_product(connection, product.id, Days.of_week(asked_for).last, now).get(found.id, [])
    yield f"{product.id}/{found.id}, {asked_for}"
    yield from lines(metric_block(found, known, asked_for, product, configuration.site))
    asked = points.asked(connection).get((product.id, found.id))
    if asked and asked.failure:
        yield f"  its source did not answer at {asked.asked_at:%Y-%m-%d %H:%M} UTC: {asked.failure}"
    yield from _corrections(points.versions(connection, product.id, found.id, asked_for.monday - timedelta(weeks=52)))


def _corrections(versions: list[Point]) -> Iterator[str]:
    """Days whose value was corrected, oldest first."""
    for day, group in groupby(versions, key=_day):
        values = list(group)
        if len(values) > 1:
            told = " → ".join(f"{one.value:g} ({one.read_at:%-d %b %Y})" for one in values)
            yield f"  corrected {day}: {told}"


def _day(point: Point) -> date:
    return point.day
