"""What rules do: how many issues each decides, when one last came to it, and where two of them disagree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, select, text

from plugin.domain.audience import Audience
from plugin.store.audience import shown
from plugin.store.tables import issue, verdict, verdict_history, write_log

_category = issue.c.fields["status"]["category"]["key"].astext


@dataclass(frozen=True)
class Use:
    """`open` issues are decided by the rule now, `inherited` of them by way of a parent. `last` is when an issue that
    it decides, open or done, came to it last."""

    open: int
    inherited: int
    last: datetime


@dataclass(frozen=True)
class Conflict:
    """Open issues on which rules of one product name different objectives at the same priority. `rules` are sorted."""

    product: str
    rules: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class Named:
    """An issue as a list shows it."""

    key: str
    summary: str


def uses(connection: Connection) -> dict[tuple[str, str], Use]:
    """By product and rule; a rule that decides no issue is not there."""
    rule, still = verdict.c.body["rule"].astext, _category.is_distinct_from("done")
    rows = connection.execute(
        select(
            verdict.c.product,
            rule.label("rule"),
            func.count().filter(still).label("open"),
            func.count().filter(still, verdict.c.body["how"].astext == "inherited").label("inherited"),
            func.max(verdict.c.since).label("last"),
        )
        .join(issue, issue.c.id == verdict.c.issue_id)
        .where(issue.c.deleted.is_(False), verdict.c.state == "aligned", rule.is_not(None))
        .group_by(verdict.c.product, rule)
    )
    return {(row.product, row.rule): Use(row.open, row.inherited, row.last) for row in rows}


def conflicts(connection: Connection) -> list[Conflict]:
    """Those of the most issues first."""
    rows = connection.execute(
        text(
            """
            SELECT product, rules, count(*) AS number FROM (
                SELECT verdict.product, ARRAY(
                    SELECT DISTINCT name FROM (
                        SELECT jsonb_array_elements_text(verdict.body->'conflict') AS name
                        UNION ALL SELECT verdict.body->>'rule') AS names WHERE name IS NOT NULL ORDER BY name) AS rules
                FROM verdict JOIN issue ON issue.id = verdict.issue_id
                WHERE NOT issue.deleted AND jsonb_array_length(verdict.body->'conflict') > 0
                  AND issue.fields->'status'->'category'->>'key' IS DISTINCT FROM 'done') AS found
            GROUP BY product, rules ORDER BY number DESC, product, rules
            """
        )
    )
    return [Conflict(row.product, tuple(row.rules), row.number) for row in rows]


def decided_by(connection: Connection, product: str, rule: str, audience: Audience, most: int) -> list[Named]:
    """Open issues that the rule decides and the audience may see, the newest first."""
    mine = (verdict.c.product == product) & (verdict.c.body["rule"].astext == rule) & (verdict.c.state == "aligned")
    return _named(connection, audience, mine, most)


def disputed(connection: Connection, rules: Conflict, audience: Audience, most: int) -> list[Named]:
    """Open issues of the conflict that the audience may see."""
    named = [verdict.c.body["conflict"].has_key(one) | (verdict.c.body["rule"].astext == one) for one in rules.rules]
    held = func.jsonb_array_length(verdict.c.body["conflict"]) > 0
    mine = (verdict.c.product == rules.product) & held
    for one in named:
        mine &= one
    return _named(connection, audience, mine, most)


def _named(connection: Connection, audience: Audience, mine: Any, most: int) -> list[Named]:
    rows = connection.execute(
        select(issue.c.key, issue.c.fields["summary"].astext.label("summary"))
        .join(verdict, issue.c.id == verdict.c.issue_id)
        .where(mine, shown(audience), issue.c.deleted.is_(False), _category.is_distinct_from("done"))
        .order_by(verdict.c.since.desc(), issue.c.key)
        .limit(most)
    )
    return [Named(row.key, row.summary or "") for row in rows]


def stamp(connection: Connection) -> tuple[int, int]:
    """Another one whenever something was decided or written since; it costs two looks at an index."""
    seqs = (select(func.max(one.c.seq)).scalar_subquery() for one in (verdict_history, write_log))
    row = connection.execute(select(*seqs)).one()
    return row[0] or 0, row[1] or 0


def told(connection: Connection, fields: Sequence[str], audience: Audience, size: int) -> Iterator[Sequence[Row[Any]]]:
    """Id, key, and each of these fields as JSON text, of the living issues that the audience may see; so many at a
    time, in the order of their ids."""
    asked = (issue.c.id, issue.c.key, *(cast(issue.c.fields[name], Text) for name in fields))
    statement = select(*asked).where(issue.c.deleted.is_(False), shown(audience)).order_by(issue.c.id).limit(size)
    after = ""
    while rows := connection.execute(statement.where(issue.c.id > after)).all():
        yield rows
        after = rows[-1].id


def by_ids(connection: Connection, ids: Sequence[str], audience: Audience) -> list[tuple[Named, dict[str, Any] | None]]:
    """The issues of these ids that the audience may see, each with its verdict's body, None where it has none."""
    rows = connection.execute(
        select(issue.c.key, issue.c.fields["summary"].astext.label("summary"), verdict.c.body)
        .outerjoin(verdict, issue.c.id == verdict.c.issue_id)
        .where(issue.c.id.in_(ids), shown(audience))
        .order_by(issue.c.key)
    )
    return [(Named(row.key, row.summary or ""), row.body) for row in rows]


_NAMED_FIELDS = {"component": "components", "labels": "labels", "fixVersion": "fixVersions"}
"""What JQL calls them → Jira's field id: names that the site does not list, so that issues have to tell them."""


def seen_values(connection: Connection, among: int, most: int) -> dict[str, list[str]]:
    """By JQL's name of a field: the values that the newest issues bear most often."""
    newest = (
        select(issue.c.fields).where(issue.c.deleted.is_(False)).order_by(issue.c.touched_at.desc()).limit(among)
    ).cte("newest")
    found: dict[str, list[str]] = {}
    for name, field in _NAMED_FIELDS.items():
        listed = func.jsonb_typeof(newest.c.fields[field]) == "array"
        each = func.jsonb_array_elements(newest.c.fields[field]).table_valued("value").alias("each")
        word = func.coalesce(func.jsonb_extract_path_text(each.c.value, "name"), text("each.value #>> '{}'"))
        rows = connection.execute(
            select(word.label("word"), func.count().label("n"))
            .select_from(newest.join(each, text("true")))
            .where(listed)
            .group_by(word)
            .order_by(text("n DESC"), word)
            .limit(most)
        )
        found[name] = [row.word for row in rows if row.word]
    return found
