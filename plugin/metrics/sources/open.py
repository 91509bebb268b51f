"""Which class reads which kind of source."""

from collections.abc import Callable, Mapping

from plugin.domain.product import Metric
from plugin.metrics.sources.csv_file import CsvFile
from plugin.metrics.sources.http_json import HttpJson
from plugin.metrics.sources.jql_count import JqlCount
from plugin.metrics.sources.pushed import Pushed
from plugin.metrics.sources.source import Around, Source
from plugin.metrics.sources.sql import Sql

_KINDS: Mapping[str, Callable[[Around], Source]] = {
    "sql": Sql,
    "http_json": HttpJson,
    "csv": CsvFile,
    "jql_count": JqlCount,
    "push": lambda around: Pushed(),
}


def source_of(metric: Metric, around: Around) -> Source:
    """The source of a metric; of one without, that into which values are pushed."""
    return _KINDS[metric.source.type if metric.source else "push"](around)
