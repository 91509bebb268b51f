"""The first tables: deliveries, issues, verdicts, changes, reviews.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("issue_id"),
    )
    op.create_index("change_due", "change", ["due_at"], unique=False, postgresql_where=sa.text("parked_at IS NULL"))
    op.create_table(
        "configuration",
        sa.Column("version", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=True),
        sa.Column("retry", sa.SmallInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("issue_id", sa.Text(), nullable=True),
        sa.Column("issue_key", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("traceback", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delivery_received", "delivery", ["received_at"], unique=False)
    op.create_index(
        "delivery_waiting",
        "delivery",
        ["received_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "hidden",
        sa.Column(
            "name", sa.Text(), nullable=False, comment="id or key of an issue that Jira was asked for and did not show"
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True, comment="the parent's id, else its key"),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False, comment="Jira's own"),
        sa.Column(
            "touched_at", sa.DateTime(timezone=True), nullable=False, comment="the last change that was not our own"
        ),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("aligned_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "look_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it has to be aligned again; null: not until something happens",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("issue_by_key", "issue", ["key"], unique=False)
    op.create_index("issue_by_parent", "issue", ["parent"], unique=False)
    op.create_index("issue_by_version", "issue", ["aligned_version"], unique=False)
    op.create_index(
        "issue_to_look_at",
        "issue",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL AND NOT deleted"),
    )
    op.create_table(
        "override",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="set or removed, by a person"),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "label"),
    )
    op.create_table(
        "page",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "record",
            postgresql.JSONB(),
            nullable=True,
            comment="what plugin.review.publish needs to find its page again",
        ),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "period",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job", "period"),
    )
    op.create_table(
        "refused",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "review",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("product", "week"),
    )
    op.create_table(
        "status",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False, comment="new, indeterminate or done"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False, comment="in UTC"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name"),
    )
    op.create_table(
        "transition",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False, comment="Jira's status id"),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("issue_id", "at"),
    )
    op.create_index("transition_by_time", "transition", ["at"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "since", sa.DateTime(timezone=True), nullable=False, comment="when state, objective or reason last changed"
        ),
        sa.PrimaryKeyConstraint("issue_id"),
    )
    op.create_index("verdict_by_product", "verdict", ["product", "state"], unique=False)
    op.create_table(
        "verdict_history",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("verdict_history_by_issue", "verdict_history", ["issue_id", "at"], unique=False)
    op.create_table(
        "write_log",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("added", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("removed", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("link", postgresql.JSONB(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echo_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("write_log_by_issue", "write_log", ["issue_id", "seq"], unique=False)
    op.create_table(
        "written",
        sa.Column("issue_id", sa.Text(), nullable=False),
        sa.Column(
            "labels", sa.ARRAY(sa.Text()), nullable=False, comment="labels that we put there and did not take away"
        ),
        sa.Column(
            "link",
            postgresql.JSONB(),
            nullable=True,
            comment="the words of our remote link; null: there is none",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issue_id"),
    )


def downgrade() -> None:
    op.drop_table("written")
    op.drop_index("write_log_by_issue", table_name="write_log")
    op.drop_table("write_log")
    op.drop_index("verdict_history_by_issue", table_name="verdict_history")
    op.drop_table("verdict_history")
    op.drop_index("verdict_by_product", table_name="verdict")
    op.drop_table("verdict")
    op.drop_index("transition_by_time", table_name="transition")
    op.drop_table("transition")
    op.drop_table("tally")
    op.drop_table("status")
    op.drop_table("review")
    op.drop_table("refused")
    op.drop_table("period")
    op.drop_table("page")
    op.drop_table("override")
    op.drop_index(
        "issue_to_look_at", table_name="issue", postgresql_where=sa.text("look_at IS NOT NULL AND NOT deleted")
    )
    op.drop_index("issue_by_version", table_name="issue")
    op.drop_index("issue_by_parent", table_name="issue")
    op.drop_index("issue_by_key", table_name="issue")
    op.drop_table("issue")
    op.drop_table("hidden")
    op.drop_table("fact")
    op.drop_index("delivery_waiting", table_name="delivery", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("delivery_received", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("cursor")
    op.drop_table("configuration")
    op.drop_index("change_due", table_name="change", postgresql_where=sa.text("parked_at IS NULL"))
    op.drop_table("change")
