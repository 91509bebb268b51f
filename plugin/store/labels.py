"""Labels: what our log says of those that we wrote, and which bear our prefix and name nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, text

from plugin.store.rows import one_of
from plugin.store.tables import write_log


@dataclass
class Sent:
    """What our log of writes says of one issue's labels."""

    put: set[str] = field(default_factory=set)
    """Labels that a confirmed write put there, whatever became of them."""
    adding: set[str] = field(default_factory=set)
    """Labels whose last write put them there and was never confirmed: it may have arrived or not."""
    taking: set[str] = field(default_factory=set)
    """Labels whose last write took them away and was never confirmed."""


def sent(connection: Connection, ids: Collection[str]) -> dict[str, Sent]:
    """By issue id; an issue that we never wrote to has an empty log."""
    found = {id: Sent() for id in ids}
    lines = select(write_log).where(one_of(write_log.c.issue_id, ids)).order_by(write_log.c.seq)
    for line in connection.execute(lines):
        one, confirmed = found[line.issue_id], line.done_at is not None
        one.adding -= {*line.added, *line.removed}
        one.taking -= {*line.added, *line.removed}
        if confirmed:
            one.put |= set(line.added)
        else:
            one.adding |= set(line.added)
            one.taking |= set(line.removed)
    return found


@dataclass(frozen=True)
class Nameless:
    """A label with our prefix that names no active objective, on so many issues, some of them by key."""

    label: str
    issues: int
    keys: tuple[str, ...]


_NAMELESS = text(
    "SELECT label, count(*) AS issues, (array_agg(key ORDER BY key))[1:5] AS keys FROM ("
    "  SELECT issue.id, issue.key, issue.fields, jsonb_array_elements_text("
    "    CASE jsonb_typeof(issue.fields->'labels') WHEN 'array' THEN issue.fields->'labels' ELSE '[]' END) AS label"
    "  FROM issue WHERE NOT issue.deleted) AS labelled"
    " LEFT JOIN written ON written.issue_id = labelled.id"
    " WHERE starts_with(lower(label), :prefix) AND label <> ALL(coalesce(written.labels, '{}'))"
    " AND NOT lower(label) = ANY(:active)"
    " AND NOT (lower(label) = ANY(:inactive)"
    "   AND coalesce(labelled.fields #>> '{status,category,key}' = 'done', false))"
    " GROUP BY label ORDER BY label"
)


def nameless(connection: Connection, prefix: str, active: Iterable[str], inactive: Iterable[str]) -> list[Nameless]:
    """Labels that we did not write. Those of objectives that are not active today count on unfinished work alone."""
    rows = connection.execute(_NAMELESS, {"prefix": prefix.lower(), "active": list(active), "inactive": list(inactive)})
    return [Nameless(row.label, row.issues, tuple(row.keys)) for row in rows]
