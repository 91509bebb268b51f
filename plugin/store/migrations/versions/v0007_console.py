"""Who may enter the console, tokens of the API, and who changed what.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"

_moment = sa.DateTime(timezone=True)
_now = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column(
            "value",
            sa.Text,
            nullable=False,
            comment="what all web processes have to share; a hash where that is enough",
        ),
    )
    op.create_table(
        "local_admin",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("password", sa.Text, nullable=False, comment="argon2's encoded hash"),
        sa.Column("set_at", _moment, nullable=False, server_default=_now),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Text, primary_key=True, comment="SHA-256 of what the browser's cookie holds"),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False, comment="viewer or admin"),
        sa.Column("began_at", _moment, nullable=False, server_default=_now),
        sa.Column("seen_at", _moment, nullable=False, server_default=_now),
    )
    op.create_table(
        "refused_sign_in",
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("source", sa.Text, nullable=False, comment="address that tried"),
        sa.Column("at", _moment, nullable=False, server_default=_now),
    )
    op.create_index("refused_sign_in_by_source", "refused_sign_in", ["source", "at"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True, comment="SHA-256 of the token, which is shown once"),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", _moment, nullable=False, server_default=_now),
        sa.Column("used_at", _moment),
        sa.Column("revoked_at", _moment),
    )
    op.create_table(
        "activity",
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", _moment, nullable=False, server_default=_now),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False, comment="a sentence"),
        sa.Column("why", sa.Text, nullable=False, server_default=sa.text("''")),
    )


def downgrade() -> None:
    for name in ("activity", "api_token", "refused_sign_in", "sign_in", "local_admin", "secret"):
        op.drop_table(name)
