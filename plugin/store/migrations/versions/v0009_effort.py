"""Spans of work in progress, and what they are reduced to when a quarter closes.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index("history_by_time", "history", ["at"], unique=False, postgresql_where=sa.text("field = 'status'"))
    op.create_table(
        "span",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column(
            "starts",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="milliseconds since 1970, UTC",
        ),
        sa.Column("ends", sa.BigInteger(), nullable=False, comment="may lie ahead: 30 days after the last event"),
        sa.Column("person", sa.Uuid(), nullable=True, comment="the assignee's keyed hash; null: nobody"),
        sa.PrimaryKeyConstraint("issue_id", "starts"),
    )
    op.create_index("span_by_end", "span", ["ends", "starts"], unique=False)
    op.create_table(
        "seat",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False, comment="a keyed hash"),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("week", "person"),
    )
    op.create_table(
        "effort_day",
        sa.Column("day", sa.Date(), nullable=False, comment="in the site's zone"),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column(
            "product", sa.Text(), nullable=False, comment="of the people, for days; of the project, for the others"
        ),
        sa.Column(
            "stream",
            sa.Text(),
            nullable=False,
            comment="likewise; empty: of none, or of one with fewer than four people",
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="millionths"),
        sa.Column("guessed", sa.Boolean(), nullable=False, comment="the estimate is a median"),
        sa.PrimaryKeyConstraint("day", "issue_id", "model", "product", "stream"),
    )
    op.create_table(
        "effort_seats",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False, comment="of the whole week"),
        sa.Column("capacity", sa.Integer(), nullable=False, comment="person-days"),
        sa.Column("observed", sa.Integer(), nullable=False, comment="person-days in which something was in progress"),
        sa.PrimaryKeyConstraint("day", "product", "stream"),
    )
    op.execute("INSERT INTO span_stale SELECT id FROM issue ON CONFLICT DO NOTHING")


def downgrade() -> None:
    for table in ("effort_seats", "effort_day", "seat", "span"):
        op.drop_table(table)
    op.drop_index("history_by_time", table_name="history")
