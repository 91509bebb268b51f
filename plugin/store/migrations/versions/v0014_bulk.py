"""Bulk work lets live work go first.

Revision ID: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column(
        "change",
        sa.Column(
            "bulk",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it lets what people do now go first",
        ),
    )
    op.alter_column("change", "attempts", comment="tries that failed by themselves")
    op.drop_index("change_due", table_name="change")
    op.create_index("change_due", "change", ["bulk", "due_at"], postgresql_where=sa.text("parked_at IS NULL"))


def downgrade() -> None:
    op.drop_index("change_due", table_name="change")
    op.create_index("change_due", "change", ["due_at"], postgresql_where=sa.text("parked_at IS NULL"))
    op.alter_column("change", "attempts", comment=None)
    op.drop_column("change", "bulk")
