"""Closes quarters: their spans are reduced to effort per issue, day and model, and people's hashes go with them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.domain.week import Week
from plugin.effort.measure import measure
from plugin.effort.quarters import closable
from plugin.path.asking import Surroundings
from plugin.store import configurations, progress, reduction
from plugin.store.reduction import Closing
from plugin.store.spans import CLOSED

_LONGEST = 53
"""Weeks back from its end that are reduced: what a first fill brings of older years is nobody's review."""


def closing_due(connection: Connection, now: datetime) -> datetime | None:
    """The end of the last quarter that may be closed and is not, in UTC; None where there is none."""
    configuration = configurations.active(connection)
    if configuration is None:
        return None
    site = configuration.site
    ends = datetime.combine(closable(site, now), time.min, ZoneInfo(site.time_zone)).astimezone(UTC)
    closed = progress.cursor_at(connection, CLOSED)
    return ends if closed is None or closed < ends else None


def close_quarter(around: Surroundings) -> bool:
    """Closes what is due, once, however many workers try; returns whether there was something."""
    now = around.clock()
    with around.engine.begin() as connection:
        ends, configuration = closing_due(connection, now), configurations.active(connection)
        if ends is None or configuration is None:
            return False
        zone = ZoneInfo(configuration.site.time_zone)
        last, product = Week.of(ends, zone), configuration.products[0]
        begun = reduction.first_week(connection, str(zone)) or last
        first = max(begun, _back(last, _LONGEST), key=lambda week: week.monday)
        estimates = around.fields.estimates()

        def asked(since: Week, until: datetime) -> list[Week]:
            found, week = [], since
            while week.start(zone) < until:
                found.append(week)
                week = week.next()
            return found

        weeks, later = asked(first, ends), asked(last, ends + timedelta(days=30))
        reduction.reduce(
            connection,
            Closing(
                weeks=tuple(measure(configuration, product, week, now, estimates) for week in weeks),
                later=tuple(measure(configuration, product, week, now, estimates) for week in later),
                day=ends.astimezone(zone).date(),
                at=ends,
            ),
        )
    return True


def _back(week: Week, weeks: int) -> Week:
    return Week.of(datetime.combine(week.monday - timedelta(weeks=weeks), time(12), UTC), ZoneInfo("UTC"))
