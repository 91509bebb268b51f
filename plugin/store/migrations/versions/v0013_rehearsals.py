"""A plan that was stopped goes on where it was.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "rehearsal",
        sa.Column(
            "name", sa.Text(), nullable=False, comment="a hash of all that the plan depends on beside the issues"
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="how far it is, as JSON"),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("rehearsal")
