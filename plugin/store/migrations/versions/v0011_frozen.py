"""A frozen week keeps what it was built from, and the digest of its bytes.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "review",
        sa.Column(
            "inputs", sa.LargeBinary(), comment="what it was built from, compressed; null: frozen before that was kept"
        ),
    )
    op.add_column("review", sa.Column("digest", sa.Text(), comment="SHA-256 of the review's bytes in their one form"))


def downgrade() -> None:
    op.drop_column("review", "digest")
    op.drop_column("review", "inputs")
