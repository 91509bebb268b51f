"""Many rows in one statement whose text does not grow with them: all rows, or a list of ids, are one parameter.

A statement with a parameter for every value is compiled anew for every number of rows: that costs more than to run it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Table, Text, any_, cast, func, literal, select
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert


def insert_all(table: Table, rows: Sequence[Mapping[str, Any]]) -> Insert:
    """Inserts the rows in their order. There is at least one, and all have the same columns; a null is SQL's.

    They travel as one JSON document, since psycopg writes arrays of JSON slowly. Columns that the rows leave out get
    their defaults. https://www.postgresql.org/docs/current/functions-json.html
    """
    names = list(rows[0])
    document = cast(literal(json.dumps(rows, default=_moment), Text), JSONB)
    told = func.jsonb_to_recordset(document).table_valued(*(named(name, table.c[name].type) for name in names))
    return insert(table).from_select(names, select(told.render_derived(name="given", with_types=True)))


def one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column holds one of these values, however many."""
    return column == any_(literal(list(values), ARRAY(column.type, dimensions=1)))


def _moment(value: object) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a row")
