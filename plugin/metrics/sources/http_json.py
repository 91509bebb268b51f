"""Values out of any JSON answer, by JMESPath."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError

from plugin.domain.product import Metric
from plugin.metrics.point import Reading
from plugin.metrics.sources.fetch import Allowed, fetch
from plugin.metrics.sources.source import Around, Row, SourceError, points_of


class HttpJson:
    """`path` finds a list of pairs, day and value, or of objects with these keys.

    `{since}` and `{until}` in the address are the first day that is wanted and the last day that is over.
    """

    def __init__(self, around: Around) -> None:
        self._around = around

    def read(self, metric: Metric, since: date, now: datetime) -> Reading:
        source = metric.source
        if source is None or source.url is None or source.path is None:
            raise ValueError(f"metric {metric.id} has no address to ask")
        try:
            today = self._around.today(now)
            url = filled(source.url, since, today - timedelta(days=1))
            answer = fetch(url, Allowed(self._around.hosts), bearer(self._around, source.token))
            rows = _rows(_found(answer, source.path), (source.day or "day", source.value or "value"))
            return Reading(points=points_of(rows, metric, today, now))
        except SourceError as error:
            return Reading(failure=self._around.secrets.without(str(error), source.token))


def filled(url: str, since: date, until: date) -> str:
    """The address with its days; other braces, such as PromQL's, stay and are escaped as an address needs it."""
    told = url.replace("{since}", since.isoformat()).replace("{until}", until.isoformat())
    return quote(told, safe="%/:?#[]@!$&'()*+,;=-._~")


def bearer(around: Around, token: str | None) -> dict[str, str]:
    """The header that carries the token. Raises SourceError where the variable is not set."""
    if token is None:
        return {}
    value = around.secrets.value(token)
    if value is None:
        raise SourceError(f"the environment variable {token.removeprefix('env:')} is not set")
    return {"Authorization": f"Bearer {value}"}


def _found(answer: bytes, path: str) -> list[object]:
    try:
        found = jmespath.search(path, json.loads(answer))
    except (ValueError, RecursionError):
        raise SourceError("the answer is not JSON") from None
    except JMESPathError as error:
        raise SourceError(f"{path!r} does not fit the answer: {str(error).splitlines()[0]}") from None
    if not isinstance(found, list):
        raise SourceError(f"{path!r} finds no list in the answer; it must find pairs of day and value")
    return found


def _rows(found: list[object], keys: tuple[str, str]) -> Iterator[Row]:
    day, value = keys
    for one in found:
        if isinstance(one, dict) and day in one and value in one:
            yield one[day], one[value]
        elif isinstance(one, list) and len(one) == 2:
            yield one[0], one[1]
        else:
            raise SourceError(
                f"{json.dumps(one)[:60]} is neither a pair of day and value nor an object with {day!r} and {value!r}"
            )
