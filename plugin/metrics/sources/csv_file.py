"""Values out of a CSV file beside the configuration, or at an address."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from plugin.domain.product import Metric
from plugin.metrics.point import Reading
from plugin.metrics.sources.fetch import Allowed, fetch
from plugin.metrics.sources.http_json import bearer
from plugin.metrics.sources.source import MOST_BYTES, Around, Row, SourceError, points_of


class CsvFile:
    """The first line names the columns; commas or semicolons part them. The whole file is read each time."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def read(self, metric: Metric, since: date, now: datetime) -> Reading:
        source = metric.source
        if source is None:
            raise ValueError(f"metric {metric.id} has no file to read")
        try:
            content = (
                self._file(source.path)
                if source.path is not None
                else fetch(source.url or "", Allowed(self._around.hosts), bearer(self._around, source.token))
            )
            rows = _rows(content, (source.day or "day", source.value or "value"))
            return Reading(points=points_of(rows, metric, self._around.today(now), now))
        except SourceError as error:
            return Reading(failure=self._around.secrets.without(str(error), source.token))

    def _file(self, name: str) -> bytes:
        folder = self._around.folder.resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise SourceError(f"{name} leads out of the configuration's folder")
        return _content(path, name)


def _content(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{name} cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise SourceError(f"{name} has more than {MOST_BYTES:,} bytes")
    return content


def _rows(content: bytes, columns: tuple[str, str]) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("the file is not UTF-8") from None
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        names = [one.strip() for one in next(reader, [])]
        if missing := [one for one in columns if one not in names]:
            raise SourceError(f"there is no column {missing[0]!r}; the first line names {', '.join(names) or 'none'}")
        day, value = (names.index(one) for one in columns)
        for cells in reader:
            if any(cells):
                yield _cell(cells, day, reader.line_num), _cell(cells, value, reader.line_num)
    except csv.Error as error:
        raise SourceError(f"line {reader.line_num} is not CSV: {error}") from None


def _cell(cells: list[str], place: int, line: int) -> str:
    if place >= len(cells):
        raise SourceError(f"line {line} has only {len(cells)} columns")
    return cells[place].strip()
