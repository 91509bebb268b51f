"""A metric's value on a day, and what a source gave when it was read."""

from datetime import date, datetime

from plugin.domain.frozen import Frozen
from plugin.domain.product import Number


class Point(Frozen):
    """One value. `day` is the day that it is of, in the site's zone; `read_at` is when it reached us, in UTC."""

    day: date
    value: Number
    source: str
    """The type of the source, such as sql."""
    read_at: datetime
    unit: str = ""
    """The metric's unit when it was read: after a change of unit older points are not compared with newer ones."""


class Reading(Frozen):
    """What came of reading a source once: points, or why there are none. Never both."""

    points: tuple[Point, ...] = ()
    failure: str = ""
    """A sentence without secrets; "" where the source answered."""
