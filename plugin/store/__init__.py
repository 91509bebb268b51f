"""PostgreSQL: tables, migrations, and queries by topic. Rows come in, frozen models go out."""

from plugin.store.engine import database_address, engine_for
from plugin.store.migration import migrate

__all__ = ["database_address", "engine_for", "migrate"]
