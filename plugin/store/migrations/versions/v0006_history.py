"""What happened to issues' status and assignee, with people as keyed hashes.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False, comment="Jira's id of the changelog entry"),
        sa.Column("field", sa.Text(), nullable=False, comment="status, assignee, or other: a sign of life"),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="milliseconds since 1970, UTC"),
        sa.Column("from_value", sa.Text(), nullable=True, comment="a status id, or a person's keyed hash"),
        sa.Column("to_value", sa.Text(), nullable=True),
        sa.Column(
            "category",
            sa.Text(),
            nullable=True,
            comment="of the status that was entered, as it was known then; null: it was not",
        ),
        sa.PrimaryKeyConstraint("issue_id", "change_id", "field"),
    )
    op.create_index("history_by_issue", "history", ["issue_id", "at"], unique=False)
    op.create_table(
        "person_key",
        sa.Column("one", sa.Boolean(), nullable=False, comment="always true: there is one"),
        sa.Column(
            "key",
            sa.LargeBinary(),
            nullable=False,
            comment="what people's ids are hashed with; it never leaves this table",
        ),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "span_stale",
        sa.Column("issue_id", sa.Text(), nullable=False, comment="its history is newer than its spans"),
        sa.PrimaryKeyConstraint("issue_id"),
    )


def downgrade() -> None:
    op.drop_table("span_stale")
    op.drop_table("person_key")
    op.drop_table("history")
