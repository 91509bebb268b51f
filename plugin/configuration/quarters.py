"""Quarters of a year that does not begin in January."""

import re
from datetime import date, timedelta

from plugin.domain.product import Objective, Product
from plugin.domain.week import Quarter


def in_years_from(product: Product, year_starts: str) -> Product:
    """The product with quarters such as 2026-Q4 counted from the site's first day of the year, MM-DD.

    They become the two dates that they mean, so that the value says the same wherever it is read again.
    """
    month = int(year_starts[:2])
    if month == 1:
        return product
    return product.model_copy(update={"objectives": tuple(_shifted(one, month) for one in product.objectives)})


def _shifted(objective: Objective, month: int) -> Objective:
    found = re.fullmatch(r"(\d{4})-Q([1-4])", objective.quarter.name)
    if not found:
        return objective
    start = int(found[1]) * 12 + month - 1 + (int(found[2]) - 1) * 3
    first, after = (date(months // 12, months % 12 + 1, 1) for months in (start, start + 3))
    return objective.model_copy(update={"quarter": Quarter.parse(f"{first}..{after - timedelta(days=1)}")})
