"""Limits ask what was written since a moment; the log is never emptied.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("write_log_by_time", "write_log", ["sent_at"], unique=False)


def downgrade() -> None:
    op.drop_index("write_log_by_time", table_name="write_log")
