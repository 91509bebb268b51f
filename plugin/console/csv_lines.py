"""Rows as CSV that a spreadsheet shows and does not calculate."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""


def csv_of(rows: Iterable[Sequence[object]]) -> str:
    """Every cell in quotes; what would be a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([_plain(one) for one in row] for row in rows)
    return out.getvalue()


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
