"""How long work stands without an objective, what moved between objectives, and how often people corrected a rule."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

_DIGITS = 6
"""Medians are told to so many digits, far below what anybody reads."""


@dataclass(frozen=True)
class Median:
    """How many there are, and the value in their middle; None where there are none."""

    number: int
    value: float | None


def orphan_age(connection: Connection, product: str, at: datetime) -> Median:
    """Days since the product's open unlinked issues were created. What is new and in its grace is not among them."""
    return _median(
        connection,
        """
        SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FROM (
            SELECT extract(epoch FROM :at - (issue.fields->>'created')::timestamptz) / 86400 AS days
            FROM verdict JOIN issue ON issue.id = verdict.issue_id
            WHERE verdict.product = :product AND verdict.state = 'unaligned' AND verdict.reason <> 'new'
              AND NOT issue.deleted AND issue.fields->>'created' <> ''
              AND issue.fields->'status'->'category'->>'key' <> 'done') AS open
        """,
        {"product": product, "at": at},
    )


def time_to_link(connection: Connection, product: str, period: tuple[datetime, datetime]) -> Median:
    """Hours from creation to the first objective, of issues that were linked first in the period.

    Issues from before the first verdict of all are left out: nobody watched when they were linked.
    """
    return _median(
        connection,
        """
        SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) FROM (
            SELECT extract(epoch FROM linked.at - (issue.fields->>'created')::timestamptz) / 3600 AS hours
            FROM (SELECT issue_id, min(at) AS at FROM verdict_history
                  WHERE body->>'state' = 'aligned' AND body->>'product' = :product GROUP BY issue_id) AS linked
            JOIN issue ON issue.id = linked.issue_id
            WHERE linked.at >= :start AND linked.at < :end AND issue.fields->>'created' <> ''
              AND (issue.fields->>'created')::timestamptz >= (SELECT min(at) FROM verdict_history)) AS first
        """,
        {"product": product, "start": period[0], "end": period[1]},
    )


def _median(connection: Connection, sql: str, values: dict[str, Any]) -> Median:
    number, value = connection.execute(text(sql), values).one()
    return Median(number, None if value is None else round(float(value), _DIGITS))


def moved(
    connection: Connection, product: str, since: datetime, until: datetime
) -> list[tuple[str | None, str | None, int]]:
    """Issues whose objective at `until` is another than at `since`: before, after, how many; None is no objective.

    Issues that had no verdict at `since` are not among them: they did not move, they came.
    """
    rows = connection.execute(
        text(
            """
            WITH earlier AS (
                SELECT DISTINCT ON (issue_id) issue_id, body FROM verdict_history WHERE at <= :since
                ORDER BY issue_id, seq DESC),
            lately AS (
                SELECT DISTINCT ON (issue_id) issue_id, body FROM verdict_history WHERE at > :since AND at <= :until
                ORDER BY issue_id, seq DESC),
            turned AS (
                SELECT CASE WHEN earlier.body->>'state' = 'aligned' THEN earlier.body->>'objective' END AS before,
                       CASE WHEN lately.body->>'state' = 'aligned' THEN lately.body->>'objective' END AS after
                FROM lately JOIN earlier USING (issue_id) JOIN issue ON issue.id = lately.issue_id
                WHERE lately.body->>'product' = :product AND NOT issue.deleted)
            SELECT before, after, count(*) FROM turned WHERE before IS DISTINCT FROM after
            GROUP BY before, after ORDER BY count(*) DESC, before, after
            """
        ),
        {"product": product, "since": since, "until": until},
    )
    return [(before, after, int(number)) for before, after, number in rows]


def rule_records(connection: Connection, product: str, prefix: str) -> list[tuple[str, int, int]]:
    """By rule: issues on which it put its objective's label, and those of them on which people said otherwise.

    `prefix` is that of our labels. A label that a rule gave by way of the parent counts for the rule.
    """
    rows = connection.execute(
        text(
            """
            WITH tagged AS (
                SELECT past.issue_id, past.body->>'rule' AS rule, min(past.at) AS at,
                       lower(:prefix || (past.body->>'objective')) AS label
                FROM verdict_history AS past
                WHERE past.body->>'state' = 'aligned' AND past.body->>'rule' IS NOT NULL
                  AND past.body->>'product' = :product
                GROUP BY past.issue_id, rule, label),
            written AS (
                SELECT * FROM tagged WHERE EXISTS (
                    SELECT 1 FROM write_log WHERE write_log.issue_id = tagged.issue_id
                    AND tagged.label = ANY (write_log.added) AND write_log.done_at IS NOT NULL)),
            corrected AS (
                SELECT DISTINCT written.rule, written.issue_id FROM written JOIN override
                ON override.issue_id = written.issue_id AND override.at >= written.at
                AND ((override.kind = 'removed' AND lower(override.label) = written.label)
                  OR (override.kind = 'set' AND starts_with(lower(override.label), lower(:prefix))
                      AND lower(override.label) <> written.label)))
            SELECT rule, count(DISTINCT issue_id),
                   (SELECT count(*) FROM corrected WHERE corrected.rule = written.rule)
            FROM written GROUP BY rule ORDER BY rule
            """
        ),
        {"product": product, "prefix": prefix},
    )
    return [(rule, int(tagged), int(corrected)) for rule, tagged, corrected in rows]


@dataclass(frozen=True)
class Out:
    """An issue that serves an objective and has been in a status since then."""

    issue_id: str
    objective: str
    since: datetime


def in_status(
    connection: Connection, product: str, statuses: tuple[str, ...], entered: tuple[datetime, datetime]
) -> list[Out]:
    """Issues for an objective that are in one of the statuses, by name, and entered it in the period; oldest first."""
    rows = connection.execute(
        text(
            """
            SELECT issue.id, verdict.objective, coalesce(
                (SELECT to_timestamp(max(history.at) / 1000.0) FROM history WHERE history.issue_id = issue.id
                 AND field = 'status' AND history.to_value = issue.fields->'status'->>'id'), issue.updated) AS since
            FROM verdict JOIN issue ON issue.id = verdict.issue_id
            WHERE verdict.product = :product AND verdict.state = 'aligned' AND NOT issue.deleted
              AND lower(issue.fields->'status'->>'name') = ANY (:statuses)
            ORDER BY since, issue.id
            """
        ),
        {"product": product, "statuses": [one.lower() for one in statuses]},
    )
    return [Out(row.id, row.objective, row.since) for row in rows if entered[0] <= row.since < entered[1]]
