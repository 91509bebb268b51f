"""Tokens of the JSON API: shown once, kept as hashes, revocable."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from plugin.store.tables import api_token


@dataclass(frozen=True)
class Token:
    id: int
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    used_at: datetime | None
    """To the minute."""
    revoked_at: datetime | None


_columns = [api_token.c[name] for name in ("id", "name", "scopes", "made_by", "made_at", "used_at", "revoked_at")]


def add(connection: Connection, name: str, hashed: str, scopes: Collection[str], by: str) -> int:
    """Its number."""
    statement = insert(api_token).values(name=name, hash=hashed, scopes=sorted(scopes), made_by=by)
    return int(connection.execute(statement.returning(api_token.c.id)).scalar_one())


def of(connection: Connection, hashed: str) -> Token | None:
    """The token that hashes so and is not revoked. Its use is noted, at most once a minute."""
    mine = (api_token.c.hash == hashed) & api_token.c.revoked_at.is_(None)
    stale = api_token.c.used_at.is_(None) | (api_token.c.used_at < func.date_trunc("minute", func.now()))
    connection.execute(update(api_token).where(mine, stale).values(used_at=func.now()))
    row = connection.execute(select(*_columns).where(mine)).first()
    return _token(row._mapping) if row else None


def every(connection: Connection) -> list[Token]:
    """The newest first, the revoked ones among them."""
    return [_token(row._mapping) for row in connection.execute(select(*_columns).order_by(api_token.c.id.desc()))]


def revoke(connection: Connection, id: int) -> str | None:
    """The name of the token that ends with this, None where none did."""
    living = (api_token.c.id == id) & api_token.c.revoked_at.is_(None)
    statement = update(api_token).where(living).values(revoked_at=func.now()).returning(api_token.c.name)
    found: str | None = connection.execute(statement).scalar()
    return found


def _token(values: object) -> Token:
    given = dict(values)  # type: ignore[call-overload]
    return Token(**given | {"scopes": tuple(given["scopes"])})
