"""Since when an issue is not shown; which issues are gone as their project is.

Revision ID: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("hidden", sa.Column("since", moment, comment="the first time"))
    op.execute("UPDATE hidden SET since = asked_at")
    op.alter_column("hidden", "since", nullable=False)
    op.alter_column("hidden", "asked_at", comment="the last time")
    op.add_column(
        "issue",
        sa.Column(
            "with_project",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it is gone as its project is, and comes back with it",
        ),
    )


def downgrade() -> None:
    op.drop_column("issue", "with_project")
    op.alter_column("hidden", "asked_at", comment=None)
    op.drop_column("hidden", "since")
