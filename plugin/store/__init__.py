"""PostgreSQL: tables, migrations, and queries by topic. Rows come in, frozen models go out."""

from plugin.store.engine import database_address, engine_for, unhindered
from plugin.store.migration import empty, migrate

__all__ = ["database_address", "empty", "engine_for", "migrate", "unhindered"]
