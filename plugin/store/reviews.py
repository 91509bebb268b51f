"""Frozen weeks, the pages made of them, and who makes which period."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import page, period, review


@dataclass(frozen=True)
class PageRow:
    """What publishing left: `record` is publish's own, `outcome` one of its words, `words` a sentence for people."""

    key: str
    record: dict[str, Any] | None
    url: str | None
    outcome: str
    words: str
    at: datetime


def frozen(connection: Connection, product: str, week: str) -> dict[str, Any] | None:
    """The review of that week as it was frozen; None where it was not."""
    found: dict[str, Any] | None = connection.scalar(
        select(review.c.body).where(review.c.product == product, review.c.week == week)
    )
    return found


def freeze(connection: Connection, body: dict[str, Any], at: datetime, proof: "Proof | None" = None) -> dict[str, Any]:
    """Freezes the review once; returns what is frozen, which is an earlier one's where two were made."""
    product, week = body["product"], body["week"]
    kept_with = {"inputs": proof.inputs, "digest": proof.digest} if proof else {}
    statement = insert(review).values(product=product, week=week, body=body, frozen_at=at, **kept_with)
    connection.execute(statement.on_conflict_do_nothing())
    kept = frozen(connection, product, week)
    return kept if kept is not None else body


@dataclass(frozen=True)
class Proof:
    """What a frozen review was built from, compressed, and the digest of its bytes."""

    inputs: bytes
    digest: str


def proof(connection: Connection, product: str, week: str) -> Proof | None:
    """None where the week is not frozen, or was frozen before inputs were kept."""
    mine = (review.c.product == product) & (review.c.week == week) & review.c.inputs.is_not(None)
    row = connection.execute(select(review.c.inputs, review.c.digest).where(mine)).first()
    return Proof(inputs=bytes(row.inputs), digest=row.digest) if row else None


def weeks_of(connection: Connection, product: str) -> set[str]:
    return set(connection.scalars(select(review.c.week).where(review.c.product == product)))


def page_of(connection: Connection, key: str) -> PageRow | None:
    row = connection.execute(select(page).where(page.c.key == key)).first()
    return PageRow(**row._mapping) if row else None


def pages(connection: Connection) -> list[PageRow]:
    return [PageRow(**row._mapping) for row in connection.execute(select(page).order_by(page.c.key))]


def newest_url(connection: Connection) -> str | None:
    """Address of the weekly page that was published last; None before the first."""
    found: str | None = connection.scalar(
        select(page.c.url)
        .where(page.c.url.is_not(None), page.c.key.startswith("weekly/"))
        .order_by(page.c.at.desc())
        .limit(1)
    )
    return found


def keep_page(connection: Connection, one: PageRow) -> None:
    values = vars(one)
    statement = insert(page).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=[page.c.key], set_=values))


def take_period(connection: Connection, job: str, name: str, owner: str, lease: timedelta) -> bool:
    """Whether this owner does the period: nobody did, and nobody else holds it. A lease that ran out is free."""
    values = {"owner": owner, "lease_until": func.now() + lease, "attempts": 1}
    statement = insert(period).values(job=job, period=name, **values)
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[period.c.job, period.c.period],
            set_={**values, "attempts": period.c.attempts + 1},
            where=period.c.done_at.is_(None) & or_(period.c.owner.is_(None), period.c.lease_until <= func.now()),
        ).returning(period.c.job)
    )
    return taken.first() is not None


def finish_period(connection: Connection, job: str, name: str, owner: str) -> None:
    connection.execute(
        update(period)
        .where(period.c.job == job, period.c.period == name, period.c.owner == owner)
        .values(done_at=func.now(), owner=None, lease_until=None)
    )


def release_period(connection: Connection, job: str, name: str, owner: str, after: timedelta) -> None:
    """Gives the period back, free again in `after`."""
    connection.execute(
        update(period)
        .where(period.c.job == job, period.c.period == name, period.c.owner == owner)
        .values(owner=owner, lease_until=func.now() + after)
    )


def done_periods(connection: Connection, job: str) -> set[str]:
    return set(connection.scalars(select(period.c.period).where(period.c.job == job, period.c.done_at.is_not(None))))
