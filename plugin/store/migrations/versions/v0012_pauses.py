"""What a site has closed is known to every process.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("site", sa.Text(), nullable=False, comment="its base address"),
        sa.Column("subject", sa.Text(), nullable=False, comment="an endpoint, or * for all of them"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site", "subject"),
    )


def downgrade() -> None:
    op.drop_table("pause")
