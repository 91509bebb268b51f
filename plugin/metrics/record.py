"""Values that are brought to a metric, by the API or by hand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from plugin.domain.product import Configuration, Metric, Product
from plugin.metrics.sources.source import Row, SourceError, points_of
from plugin.store import configurations, points


class RecordError(Exception):
    """Why a value is not taken, as one sentence; `kind` is what a caller may decide on."""

    def __init__(self, kind: Literal["unknown", "ambiguous", "read elsewhere", "wrong"], words: str) -> None:
        super().__init__(words)
        self.kind = kind


def record(connection: Connection, metric: tuple[str, str | None], rows: Iterable[Row], now: datetime) -> int:
    """Stores the rows for the metric of that id and product, None where only one product has it.

    Returns how many were new: the same value again is not. All are taken or none. Raises RecordError.
    """
    configuration = configurations.active(connection)
    if configuration is None:
        raise RecordError("unknown", "no configuration is in force; run `plumbline apply`")
    product, found = find_metric(configuration, *metric)
    if found.source and found.source.type != "push":
        raise RecordError(
            "read elsewhere",
            f"{found.id} is read by {found.source.type}; only a metric whose source is push takes values",
        )
    today = now.astimezone(ZoneInfo(configuration.site.time_zone)).date()
    try:
        given = points_of(rows, found, today, now)
    except SourceError as error:
        raise RecordError("wrong", f"{found.id}: {error}") from None
    return points.record(connection, product.id, found.id, given)


def find_metric(configuration: Configuration, id: str, product: str | None) -> tuple[Product, Metric]:
    """The metric with its product. Raises RecordError where there is none, or several products have one of that id."""
    found = [
        (one, metric)
        for one in configuration.products
        for metric in one.metrics
        if metric.id == id and product in (None, one.id)
    ]
    if not found:
        known = sorted({metric.id for one in configuration.products for metric in one.metrics})
        where = f" in product {product}" if product else ""
        raise RecordError("unknown", f"there is no metric {id}{where}; there are: {', '.join(known) or 'none'}")
    if len(found) > 1:
        names = ", ".join(one.id for one, _ in found)
        raise RecordError("ambiguous", f"several products have a metric {id}; name one of {names}")
    return found[0]
