"""How far the first fill is, what told of each change, and what the id sweep was shown.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sync",
        sa.Column(
            "scope", sa.Text(), primary_key=True, comment="a digest of the products' scopes; other scopes begin anew"
        ),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("position", moment, comment="the `updated` up to which every issue was read; null: none yet"),
        sa.Column(
            "done", sa.BigInteger(), nullable=False, server_default=sa.text("0"), comment="issues read since it began"
        ),
        sa.Column(
            "total", sa.BigInteger(), comment="how many there are, as Jira estimated when it began; null: not told"
        ),
        sa.Column(
            "again",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
            comment="a re-fill: everything is taken",
        ),
        sa.Column("finished_at", moment, comment="null: the fill goes on; else sweeps keep it fresh"),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", moment),
    )
    op.create_table(
        "told",
        sa.Column("issue_id", sa.Text(), primary_key=True),
        sa.Column("change", sa.Text(), primary_key=True, comment="the changelog entry's id, or created, or deleted"),
        sa.Column("at", moment, nullable=False),
        sa.Column(
            "how", sa.Text(), nullable=False, comment="live, recovered, lost, or open while a delivery may still come"
        ),
    )
    op.create_index("told_by_time", "told", ["at"], unique=False)
    op.create_table(
        "shown",
        sa.Column("issue_id", sa.Text(), primary_key=True, comment="Jira shows it; of the id sweep that is under way"),
    )
    op.execute(
        "INSERT INTO sync (scope, began_at, position, finished_at)"
        " SELECT substr(done.name, 7), done.at, seen.at, done.at FROM cursor AS done"
        " LEFT JOIN cursor AS seen ON seen.name = 'sweep ' || substr(done.name, 7) WHERE done.name LIKE 'swept %'"
    )
    op.execute("DELETE FROM cursor WHERE name LIKE 'swept %' OR name LIKE 'sweep%'")


def downgrade() -> None:
    for name in ("shown", "told", "sync"):
        op.drop_table(name)
