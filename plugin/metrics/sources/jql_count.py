"""A count of issues in Jira: only for what truly is one, such as support tickets."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from plugin.domain.product import Metric
from plugin.metrics.point import Reading
from plugin.metrics.sources.source import Around, Row, SourceError, points_of

MOST_DAYS = 14
"""Days that one reading counts: each is a call."""


class JqlCount:
    """With `{day}` and `{next}` in the JQL each day that is over is counted; without, what it finds now is today's.

    On Cloud Jira tells an estimate.
    """

    def __init__(self, around: Around) -> None:
        self._around = around

    def read(self, metric: Metric, since: date, now: datetime) -> Reading:
        query = metric.source.query if metric.source else None
        if query is None:
            raise ValueError(f"metric {metric.id} has nothing to count")
        today = self._around.today(now)
        try:
            return Reading(points=points_of(self._rows(query, since, today), metric, today, now))
        except SourceError as error:
            return Reading(failure=str(error))

    def _rows(self, query: str, since: date, today: date) -> Iterator[Row]:
        if "{day}" not in query:
            yield today, self._around.count(query)
            return
        day = max(since, today - timedelta(days=MOST_DAYS))
        while day < today:
            after = day + timedelta(days=1)
            jql = query.replace("{day}", f'"{day.isoformat()}"').replace("{next}", f'"{after.isoformat()}"')
            yield day, self._around.count(jql)
            day = after
