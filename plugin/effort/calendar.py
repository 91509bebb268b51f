"""Working days as slots of time. A working day is the whole local day, 23 or 25 hours where clocks change; moments are
milliseconds in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from plugin.domain.product import Site


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a working day, from `starts` until before `ends`. What is `inside` is asked for; all of the day's
    slots together are what a person's day is divided by, so that parts of a day add up to the day."""

    day: date
    starts: int
    ends: int
    inside: bool = True


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at: datetime) -> int:
    """Whole milliseconds since 1970 in UTC; what is finer is dropped. The datetime is aware."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def start_of(day: date, zone: ZoneInfo) -> int:
    return moment(datetime.combine(day, time.min, zone))


def working_days(site: Site, first: date, last: date) -> list[date]:
    """The site's working days from first to last, both included, less its holidays."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [day for day in days if names[day.weekday()] in site.working_days and day not in site.holidays]


def slots(site: Site, days: Iterable[date], since: int, until: int) -> tuple[Slot, ...]:
    """The days, cut at `since` and `until`; between these two the slots are inside. A day outside is left out."""
    zone = ZoneInfo(site.time_zone)
    found = []
    for day in days:
        begins, ends = start_of(day, zone), start_of(day + timedelta(days=1), zone)
        if begins >= until or ends <= since:
            continue
        edges = sorted({begins, ends, *(one for one in (since, until) if begins < one < ends)})
        found += [Slot(day, a, b, since <= a and b <= until) for a, b in pairwise(edges)]
    return tuple(found)
