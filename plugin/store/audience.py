"""The audience as a condition on rows of `issue`: the one place where a query learns what a reader may see."""

from sqlalchemy import ColumnElement, and_, or_, true

from plugin.domain.audience import Audience
from plugin.store.tables import issue


def shown(audience: Audience) -> ColumnElement[bool]:
    """Agrees with `Audience.shows`, row by row."""
    security = issue.c.fields["security"].astext
    open_to_all = true() if audience.secured else or_(security.is_(None), security.in_(["null", "", "{}"]))
    if audience.projects is not None:
        return and_(open_to_all, issue.c.project.in_(sorted(audience.projects)))
    if audience.restricted:
        return and_(open_to_all, issue.c.project.not_in(sorted(audience.restricted)))
    return and_(open_to_all, true())
