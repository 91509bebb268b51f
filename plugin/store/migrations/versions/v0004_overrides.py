"""An override tells under which parent and which configuration it was made, so that it can end with them.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("override", sa.Column("parent", sa.Text(), nullable=True, comment="the issue's parent at that time"))
    op.add_column(
        "override",
        sa.Column("version", sa.Integer(), nullable=True, comment="of the configuration in force then; null: unknown"),
    )


def downgrade() -> None:
    op.drop_column("override", "version")
    op.drop_column("override", "parent")
