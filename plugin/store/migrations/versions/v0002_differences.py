"""A version of the configuration tells what it says otherwise than the one before.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "configuration",
        sa.Column(
            "differences",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="what it says otherwise than the version before, in sentences",
        ),
    )


def downgrade() -> None:
    op.drop_column("configuration", "differences")
