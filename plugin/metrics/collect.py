"""Reads the metrics that are due, stores what is new, and says which source does not answer. Never a zero."""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from plugin.domain.product import Configuration, Metric, Product
from plugin.metrics.point import Reading
from plugin.metrics.sources.open import source_of
from plugin.metrics.sources.source import Around
from plugin.store import configurations, points, progress
from plugin.store.points import Asked
from plugin.store.progress import Fact

logger = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)
"""How long after it was asked a source that did not answer is left alone."""
FIRST_DAYS = 800
"""Days that are wanted of a metric that has none yet: twelve months, and the same a year before."""
AT_ONCE = 4
"""Sources that are asked at the same time, so that one that is silent holds up few others."""
LATE_DAYS = 35
"""Days before the newest that are wanted again, since sources correct themselves."""

_FACT = "metric "


@dataclass(frozen=True)
class Due:
    """A metric whose source is to be asked."""

    configuration: Configuration
    product: Product
    metric: Metric

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.configuration.site.time_zone)

    def asked(self, at: datetime) -> Asked:
        """The line that is kept when it is asked at the moment."""
        source = self.metric.source.model_dump(mode="json", exclude_none=True) if self.metric.source else {}
        return Asked(self.product.id, self.metric.id, source, at, None, "")


def read_metrics(configuration: Configuration) -> Iterator[Due]:
    """Every metric that is read from somewhere; what is pushed comes by itself."""
    for product in configuration.products:
        for metric in product.metrics:
            if metric.source and metric.source.type != "push":
                yield Due(configuration, product, metric)


def due(connection: Connection, now: datetime) -> list[Due]:
    """Metrics that were not read on this day of the site, least so those that did not answer within the last hour."""
    configuration = configurations.active(connection)
    if configuration is None:
        return []
    last = points.asked(connection)
    return [one for one in read_metrics(configuration) if _is_due(one, last, now)]


def _is_due(one: Due, last: Mapping[tuple[str, str], Asked], now: datetime) -> bool:
    known = last.get((one.product.id, one.metric.id))
    if known is None or known.source != one.asked(now).source:
        return True
    answered = known.answered_at
    if answered and answered.astimezone(one.zone).date() >= now.astimezone(one.zone).date():
        return False
    return known.asked_at <= now - AGAIN


class Collect:
    """Several may run at once: the row of the metric decides who asks its source."""

    def __init__(
        self, engine: Engine, around: Callable[[Configuration], Around], clock: Callable[[], datetime]
    ) -> None:
        self._engine, self._around, self._clock = engine, around, clock

    def run(self) -> None:
        """Asks every source that is due."""
        with self._engine.begin() as connection:
            _forget(connection, self._clock())
            waiting = due(connection, self._clock())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._collect_due, waiting))

    def now(self) -> list[tuple[Due, Reading, int]]:
        """Asks every source, due or not: what each answered, and how many of its points were new."""
        with self._engine.connect() as connection:
            configuration = configurations.active(connection)
        found = []
        for one in read_metrics(configuration) if configuration else ():
            if self._taken(one, timedelta(0)):
                found.append((one, *self._collect(one)))
        return found

    def _collect_due(self, one: Due) -> None:
        if self._taken(one, AGAIN):
            self._collect(one)

    def _taken(self, one: Due, again: timedelta) -> bool:
        with self._engine.begin() as connection:
            return points.take(connection, one.asked(self._clock()), again)

    def _collect(self, one: Due) -> tuple[Reading, int]:
        now = self._clock()
        with self._engine.connect() as connection:
            newest = points.last_day(connection, one.product.id, one.metric.id)
        reading = self._read(one, newest, now)
        with self._engine.begin() as connection:
            if reading.failure:
                self._failed(connection, one, reading.failure, newest)
                return reading, 0
            stored = points.record(connection, one.product.id, one.metric.id, reading.points)
            points.answered(connection, one.product.id, one.metric.id, now)
            progress.note_recovered(connection, Fact(name=fact_name(one), ok=True, words="answers again", at=now))
        return reading, stored

    def _read(self, one: Due, newest: date | None, now: datetime) -> Reading:
        today = now.astimezone(one.zone).date()
        since = newest - timedelta(days=LATE_DAYS) if newest else today - timedelta(days=FIRST_DAYS)
        try:
            return source_of(one.metric, self._around(one.configuration)).read(one.metric, since, now)
        except Exception as error:
            # Its words might hold what a source was asked with; its name cannot.
            logger.error("metric %s of %s could not be read: %s", one.metric.id, one.product.id, type(error).__name__)
            return Reading(failure=f"it could not be read: {type(error).__name__}")

    def _failed(self, connection: Connection, one: Due, failure: str, newest: date | None) -> None:
        points.failed(connection, one.product.id, one.metric.id, failure)
        since = f"no data since {newest:%-d %b %Y}" if newest else "no data yet"
        words = f"{one.metric.name} has {since}: {failure}"
        progress.note(connection, Fact(name=fact_name(one), ok=False, words=words, at=self._clock()))


def fact_name(one: Due) -> str:
    """What /readyz calls the metric's source."""
    return f"{_FACT}{one.product.id}/{one.metric.id}"


def _forget(connection: Connection, now: datetime) -> None:
    """A source that is no longer read is not unwell any more."""
    configuration = configurations.active(connection)
    known = {fact_name(one) for one in read_metrics(configuration)} if configuration else set()
    for fact in progress.facts(connection):
        if fact.name.startswith(_FACT) and fact.name not in known:
            progress.note_recovered(connection, Fact(name=fact.name, ok=True, words="is no longer read", at=now))
