"""What the Jira site says of itself, for every process that compiles rules.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "jira_site",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="there is one site"),
        sa.Column("body", JSONB(), nullable=False, comment="what it says of itself"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="grows when the site says something else"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )


def downgrade() -> None:
    op.drop_table("jira_site")
