"""Changes of status are told by `history` alone.

Revision ID: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.drop_index("transition_by_time", table_name="transition")
    op.drop_table("transition")


def downgrade() -> None:
    op.create_table(
        "transition",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False, comment="Jira's status id"),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("issue_id", "at"),
    )
    op.create_index("transition_by_time", "transition", ["at"], unique=False)
