"""The console's drafts of the configuration, and what was planned of them.

Revision ID: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "draft",
        sa.Column("who", sa.Text(), nullable=False, comment="whose it is: each admin has one"),
        sa.Column(
            "base",
            sa.Integer(),
            nullable=False,
            comment="the version that was in force when it was begun, or brought up to",
        ),
        sa.Column("files", JSONB(), nullable=False, comment="the whole configuration: file name → YAML"),
        sa.Column("mark", sa.Text(), nullable=False, comment="another one after each change"),
        sa.Column("at", moment, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("who"),
    )
    op.create_table(
        "draft_plan",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False, comment="the draft's, as it was planned"),
        sa.Column("asked_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "step", sa.Text(), server_default=sa.text("''"), nullable=False, comment="empty: it waits for a worker"
        ),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="issues, of this step"),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("told", JSONB(), nullable=True, comment="what the plan says; null: it is not finished"),
        sa.Column("fault", sa.Text(), nullable=True, comment="why there is no plan, in words"),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("who"),
    )


def downgrade() -> None:
    op.drop_table("draft_plan")
    op.drop_table("draft")
