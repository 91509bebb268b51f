"""Values of metrics, with every version of them, and when their sources were asked.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "metric_point",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="in the site's zone"),
        sa.Column(
            "version",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="1, and one more for each correction",
        ),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the type of the source"),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("product", "metric", "day", "version"),
    )
    op.create_table(
        "metric_asked",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column(
            "source", postgresql.JSONB(), nullable=False, comment="the source as it was written when it was asked"
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False, comment="why it did not answer; empty where it did"),
        sa.PrimaryKeyConstraint("product", "metric"),
    )


def downgrade() -> None:
    op.drop_table("metric_asked")
    op.drop_table("metric_point")
