"""When a quarter of the site's year closes for effort. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from plugin.domain.product import Site

CLOSES_AFTER = timedelta(days=38)
"""After a quarter's last day: the 30 days in which its work still decides people's streams, and the week that holds
the last of them."""


def closable(site: Site, now: datetime) -> date:
    """The first day of the quarter after the last one that may be closed by now."""
    month = int(site.year_starts[:2])
    day = (now - CLOSES_AFTER).astimezone(ZoneInfo(site.time_zone)).date()
    back = (day.month - month) % 3
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)
