"""Addresses and engines."""

from sqlalchemy import Engine, create_engine


def database_address(url: str) -> str:
    """The plain libpq form, `postgresql://…`, that psycopg and Procrastinate take."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise ValueError(f"{scheme}:// is not PostgreSQL's; a database URL starts with postgresql://")
    return f"postgresql://{rest}"


def engine_for(url: str, connections: int = 5) -> Engine:
    """An engine with a bounded pool. A connection that the server dropped is noticed before it is used."""
    return create_engine(
        database_address(url).replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=connections,
        max_overflow=connections,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args={"connect_timeout": 5, "application_name": "plumbline"},
    )
