"""What unlinked issues look like, which issues look alike, and which of those people dismissed.

Revision ID: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column(
            "words", sa.ARRAY(sa.Text()), nullable=False, comment="those that made it look so, as they are written"
        ),
        sa.PrimaryKeyConstraint("issue_id"),
    )
    op.create_index("suggestion_by_product", "suggestion", ["product"])
    op.create_table(
        "duplicate",
        sa.Column("one", sa.Text(), nullable=False, comment="id of an issue"),
        sa.Column("other", sa.Text(), nullable=False, comment="id of an issue of another stream"),
        sa.Column("likeness", sa.Double(), nullable=False),
        sa.Column("words", sa.ARRAY(sa.Text()), nullable=False, comment="those that both have, as they are written"),
        sa.PrimaryKeyConstraint("one", "other"),
    )
    op.create_table(
        "dismissal",
        sa.Column("one", sa.Text(), nullable=False, comment="the smaller of the two ids of issues"),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("one", "other"),
    )


def downgrade() -> None:
    for table in ("dismissal", "duplicate", "suggestion"):
        op.drop_table(table)
