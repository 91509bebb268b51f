"""What a closed quarter's spans are reduced to: effort per issue, day and model. People's hashes go with the spans."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from plugin.domain.effort import FEWEST_PEOPLE
from plugin.domain.week import Week
from plugin.effort.calendar import moment
from plugin.effort.measure import Measure
from plugin.store import effort, progress
from plugin.store import effort_sql as sql
from plugin.store.spans import CLOSED, forget, refresh

_FEW = "(SELECT product, stream FROM effort_seat GROUP BY 1, 2 HAVING count(*) < :fewest)"

_KEEP_WORK = f"""
INSERT INTO effort_day (day, issue_id, model, product, stream, amount, guessed)
SELECT day, issue_id, model, product,
  CASE WHEN model = 'days' AND (product, stream) IN {_FEW} THEN '' ELSE stream END AS kept,
  sum(amount), bool_or(guessed)
FROM effort_work WHERE day < :until_day GROUP BY 1, 2, 3, 4, 5 ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants of this module alone

_KEEP_SEATS = f"""
INSERT INTO effort_seats (day, product, stream, people, capacity, observed)
SELECT day, product, stream, people, CASE WHEN few THEN 0 ELSE capacity END, CASE WHEN few THEN 0 ELSE observed END
FROM (SELECT *, (product, stream) IN {_FEW} AS few FROM effort_seated) AS seated
WHERE day < :until_day
UNION ALL
SELECT day, product, '', 0, CAST(sum(capacity) AS integer), CAST(sum(observed) AS integer)
FROM effort_seated WHERE day < :until_day AND (product, stream) IN {_FEW} GROUP BY 1, 2 ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants of this module alone


def first_week(connection: Connection, zone: str) -> Week | None:
    """The week of the first span that is not reduced, seen from the zone; None where there is none."""
    found = connection.scalar(
        text("SELECT CAST(to_timestamp(min(starts) / 1000.0) AT TIME ZONE :zone AS date) FROM span"), {"zone": zone}
    )
    if not isinstance(found, date):
        return None
    year, number, _ = found.isocalendar()
    return Week(year, number)


@dataclass(frozen=True)
class Closing:
    """A quarter that closes: its `weeks`, the `later` ones whose 30 days reach back into it, and the first day after
    it in the site's zone, with the moment at which that begins."""

    weeks: tuple[Measure, ...]
    later: tuple[Measure, ...]
    day: date
    at: datetime


def reduce(connection: Connection, closing: Closing) -> None:
    """Reduces the work of the weeks before the day, and keeps for the later ones where people belong.

    Then spans and histories before that day go, but for what says how each issue stood then. Needs a transaction; done
    twice, it does nothing more.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('effort closes'))"))
    refresh(connection)
    day, since = closing.day, moment(closing.at)
    kept = {"until_day": day, "fewest": FEWEST_PEOPLE}
    effort.gather(connection, [effort.parameters(connection, one) for one in (*closing.weeks, *closing.later)])
    for asked in closing.weeks:
        effort.work(connection, effort.parameters(connection, asked))
        connection.execute(text(_KEEP_WORK), kept)
        connection.execute(text(_KEEP_SEATS), kept)
    for asked in closing.later:
        effort.work(connection, effort.parameters(connection, asked))
        connection.execute(
            text(
                "INSERT INTO seat (week, person, product, stream)"
                " SELECT :week, person, product, stream FROM effort_seat ON CONFLICT DO NOTHING"
            ),
            {"week": str(asked.week)},
        )
    connection.execute(text(f"DROP TABLE IF EXISTS {', '.join((*sql.TABLES, *sql.SHARED))}"))
    connection.execute(text("DELETE FROM span WHERE ends <= :since"), {"since": since})
    connection.execute(text("UPDATE span SET starts = :since WHERE starts < :since"), {"since": since})
    forget(connection, since)
    year, number, _ = day.isocalendar()
    connection.execute(text('DELETE FROM seat WHERE week COLLATE "C" < :week'), {"week": str(Week(year, number))})
    progress.move_cursor(connection, CLOSED, closing.at)
