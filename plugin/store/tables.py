"""The tables. Times are timestamptz, so they come back aware; leases are judged by the database's clock."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_moment = DateTime(timezone=True)

issue = Table(
    "issue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("parent", Text, comment="the parent's id, else its key"),
    Column("updated", _moment, nullable=False, comment="Jira's own"),
    Column("touched_at", _moment, nullable=False, comment="the last change that was not our own"),
    Column("fields", JSONB, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column(
        "with_project",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="it is gone as its project is, and comes back with it",
    ),
    Column("aligned_version", Integer, nullable=False, server_default=text("0")),
    Column("look_at", _moment, comment="when it has to be aligned again; null: not until something happens"),
    Index("issue_by_key", "key"),
    Index("issue_by_parent", "parent"),
    Index("issue_to_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL AND NOT deleted")),
    Index("issue_by_version", "aligned_version"),
)

hidden = Table(
    "hidden",
    metadata,
    Column("name", Text, primary_key=True, comment="id or key of an issue that Jira was asked for and did not show"),
    Column("since", _moment, nullable=False, comment="the first time"),
    Column("asked_at", _moment, nullable=False, comment="the last time"),
)

status = Table(
    "status",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("category", Text, nullable=False, comment="new, indeterminate or done"),
)

history = Table(
    "history",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("change_id", Text, primary_key=True, comment="Jira's id of the changelog entry"),
    Column("field", Text, primary_key=True, comment="status, assignee, or other: a sign of life"),
    Column("at", BigInteger, nullable=False, comment="milliseconds since 1970, UTC"),
    Column("from_value", Text, comment="a status id, or a person's keyed hash"),
    Column("to_value", Text),
    Column("category", Text, comment="of the status that was entered, as it was known then; null: it was not"),
    Index("history_by_issue", "issue_id", "at"),
    Index("history_by_time", "at", postgresql_where=text("field = 'status'")),
)

person_key = Table(
    "person_key",
    metadata,
    Column("one", Boolean, primary_key=True, comment="always true: there is one"),
    Column("key", LargeBinary, nullable=False, comment="what people's ids are hashed with; it never leaves this table"),
)

span_stale = Table(
    "span_stale",
    metadata,
    Column("issue_id", Text, primary_key=True, comment="its history is newer than its spans"),
)

span = Table(
    "span",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("starts", BigInteger, primary_key=True, autoincrement=False, comment="milliseconds since 1970, UTC"),
    Column("ends", BigInteger, nullable=False, comment="may lie ahead: 30 days after the last event"),
    Column("person", Uuid, comment="the assignee's keyed hash; null: nobody"),
    Index("span_by_end", "ends", "starts"),
)

seat = Table(
    "seat",
    metadata,
    Column("week", Text, primary_key=True),
    Column("person", Uuid, primary_key=True, comment="a keyed hash"),
    Column("product", Text, nullable=False),
    Column("stream", Text, nullable=False),
)

effort_day = Table(
    "effort_day",
    metadata,
    Column("day", Date, primary_key=True, comment="in the site's zone"),
    Column("issue_id", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("product", Text, primary_key=True, comment="of the people, for days; of the project, for the others"),
    Column("stream", Text, primary_key=True, comment="likewise; empty: of none, or of one with fewer than four people"),
    Column("amount", BigInteger, nullable=False, comment="millionths"),
    Column("guessed", Boolean, nullable=False, comment="the estimate is a median"),
)

effort_seats = Table(
    "effort_seats",
    metadata,
    Column("day", Date, primary_key=True),
    Column("product", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("people", Integer, nullable=False, comment="of the whole week"),
    Column("capacity", Integer, nullable=False, comment="person-days"),
    Column("observed", Integer, nullable=False, comment="person-days in which something was in progress"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("product", Text),
    Column("state", Text, nullable=False),
    Column("objective", Text),
    Column("reason", Text),
    Column("body", JSONB, nullable=False),
    Column("decided_at", _moment, nullable=False),
    Column("since", _moment, nullable=False, comment="when state, objective or reason last changed"),
    Index("verdict_by_product", "product", "state"),
)

verdict_history = Table(
    "verdict_history",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("issue_id", Text, nullable=False),
    Column("at", _moment, nullable=False),
    Column("body", JSONB, nullable=False),
    Index("verdict_history_by_issue", "issue_id", "at"),
)

override = Table(
    "override",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("label", Text, primary_key=True),
    Column("kind", Text, nullable=False, comment="set or removed, by a person"),
    Column("actor", Text),
    Column("at", _moment, nullable=False),
    Column("parent", Text, comment="the issue's parent at that time"),
    Column("version", Integer, comment="of the configuration in force then; null: unknown"),
)

change = Table(
    "change",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("generation", BigInteger, nullable=False, server_default=text("1")),
    Column("due_at", _moment, nullable=False, server_default=text("now()")),
    Column("owner", Text),
    Column("lease_until", _moment),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="tries that failed by themselves"),
    Column("parked_at", _moment),
    Column("error", Text),
    Column(
        "bulk", Boolean, nullable=False, server_default=text("false"), comment="it lets what people do now go first"
    ),
    Index("change_due", "bulk", "due_at", postgresql_where=text("parked_at IS NULL")),
)

written = Table(
    "written",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("labels", ARRAY(Text), nullable=False, comment="labels that we put there and did not take away"),
    Column("link", JSONB, comment="the words of our remote link; null: there is none"),
    Column("at", _moment, nullable=False),
)

write_log = Table(
    "write_log",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("issue_id", Text, nullable=False),
    Column("sent_at", _moment, nullable=False, server_default=text("clock_timestamp()")),
    Column("added", ARRAY(Text), nullable=False),
    Column("removed", ARRAY(Text), nullable=False),
    Column("link", JSONB),
    Column("done_at", _moment),
    Column("echo_at", _moment),
    Column("error", Text),
    Index("write_log_by_issue", "issue_id", "seq"),
    Index("write_log_by_time", "sent_at"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", _moment, nullable=False),
)

sync = Table(
    "sync",
    metadata,
    Column("scope", Text, primary_key=True, comment="a digest of the products' scopes; other scopes begin anew"),
    Column("began_at", _moment, nullable=False),
    Column("position", _moment, comment="the `updated` up to which every issue was read; null: none yet"),
    Column("done", BigInteger, nullable=False, server_default=text("0"), comment="issues read since it began"),
    Column("total", BigInteger, comment="how many there are, as Jira estimated when it began; null: not told"),
    Column("again", Boolean, nullable=False, server_default=text("false"), comment="a re-fill: everything is taken"),
    Column("finished_at", _moment, comment="null: the fill goes on; else sweeps keep it fresh"),
    Column("owner", Text),
    Column("lease_until", _moment),
)

told = Table(
    "told",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("change", Text, primary_key=True, comment="the changelog entry's id, or created, or deleted"),
    Column("at", _moment, nullable=False),
    Column("how", Text, nullable=False, comment="live, recovered, lost, or open while a delivery may still come"),
    Index("told_by_time", "at"),
)

shown = Table(
    "shown",
    metadata,
    Column("issue_id", Text, primary_key=True, comment="Jira shows it; of the id sweep that is under way"),
)

tally = Table(
    "tally",
    metadata,
    Column("day", Date, primary_key=True, comment="in UTC"),
    Column("name", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
)

configuration = Table(
    "configuration",
    metadata,
    Column("version", Integer, Identity(), primary_key=True),
    Column("at", _moment, nullable=False, server_default=text("now()")),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column(
        "differences",
        ARRAY(Text),
        nullable=False,
        server_default=text("'{}'"),
        comment="what it says otherwise than the version before, in sentences",
    ),
)

rehearsal = Table(
    "rehearsal",
    metadata,
    Column("name", Text, primary_key=True, comment="a hash of all that the plan depends on beside the issues"),
    Column("at", _moment, nullable=False, server_default=text("now()")),
    Column("state", Text, nullable=False, comment="how far it is, as JSON"),
)

draft = Table(
    "draft",
    metadata,
    Column("who", Text, primary_key=True, comment="whose it is: each admin has one"),
    Column(
        "base", Integer, nullable=False, comment="the version that was in force when it was begun, or brought up to"
    ),
    Column("files", JSONB, nullable=False, comment="the whole configuration: file name → YAML"),
    Column("mark", Text, nullable=False, comment="another one after each change"),
    Column("at", _moment, nullable=False, server_default=text("now()")),
)

draft_plan = Table(
    "draft_plan",
    metadata,
    Column("who", Text, primary_key=True),
    Column("mark", Text, nullable=False, comment="the draft's, as it was planned"),
    Column("asked_at", _moment, nullable=False, server_default=text("now()")),
    Column("step", Text, nullable=False, server_default=text("''"), comment="empty: it waits for a worker"),
    Column("done", BigInteger, nullable=False, server_default=text("0"), comment="issues, of this step"),
    Column("total", BigInteger, nullable=False, server_default=text("0")),
    Column("told", JSONB, comment="what the plan says; null: it is not finished"),
    Column("fault", Text, comment="why there is no plan, in words"),
    Column("finished_at", _moment),
    Column("owner", Text),
    Column("lease_until", _moment),
)

review = Table(
    "review",
    metadata,
    Column("product", Text, primary_key=True),
    Column("week", Text, primary_key=True),
    Column("body", JSONB, nullable=False),
    Column("frozen_at", _moment, nullable=False),
    Column("inputs", LargeBinary, comment="what it was built from, compressed; null: frozen before that was kept"),
    Column("digest", Text, comment="SHA-256 of the review's bytes in their one form"),
)

page = Table(
    "page",
    metadata,
    Column("key", Text, primary_key=True),
    Column("record", JSONB, comment="what plugin.review.publish needs to find its page again"),
    Column("url", Text),
    Column("outcome", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", _moment, nullable=False),
)

suggestion = Table(
    "suggestion",
    metadata,
    Column("issue_id", Text, primary_key=True),
    Column("product", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("likeness", Double, nullable=False),
    Column("words", ARRAY(Text), nullable=False, comment="those that made it look so, as they are written"),
    Index("suggestion_by_product", "product"),
)

duplicate = Table(
    "duplicate",
    metadata,
    Column("one", Text, primary_key=True, comment="id of an issue"),
    Column("other", Text, primary_key=True, comment="id of an issue of another stream"),
    Column("likeness", Double, nullable=False),
    Column("words", ARRAY(Text), nullable=False, comment="those that both have, as they are written"),
)

dismissal = Table(
    "dismissal",
    metadata,
    Column("one", Text, primary_key=True, comment="the smaller of the two ids of issues"),
    Column("other", Text, primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", _moment, nullable=False, server_default=text("now()")),
)

period = Table(
    "period",
    metadata,
    Column("job", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("owner", Text),
    Column("lease_until", _moment),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("done_at", _moment),
)

jira_site = Table(
    "jira_site",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=text("true"), comment="there is one site"),
    Column("body", JSONB, nullable=False, comment="what it says of itself"),
    Column("revision", Integer, nullable=False, comment="grows when the site says something else"),
    Column("read_at", _moment, nullable=False),
)

pause = Table(
    "pause",
    metadata,
    Column("site", Text, primary_key=True, comment="its base address"),
    Column("subject", Text, primary_key=True, comment="an endpoint, or * for all of them"),
    Column("until", _moment, nullable=False),
)

fact = Table(
    "fact",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ok", Boolean, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", _moment, nullable=False),
)

metric_point = Table(
    "metric_point",
    metadata,
    Column("product", Text, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("day", Date, primary_key=True, comment="in the site's zone"),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="1, and one more for each correction"),
    Column("value", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("source", Text, nullable=False, comment="the type of the source"),
    Column("read_at", _moment, nullable=False),
)

metric_asked = Table(
    "metric_asked",
    metadata,
    Column("product", Text, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("source", JSONB, nullable=False, comment="the source as it was written when it was asked"),
    Column("asked_at", _moment, nullable=False),
    Column("answered_at", _moment),
    Column("failure", Text, nullable=False, comment="why it did not answer; empty where it did"),
)

secret = Table(
    "secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False, comment="what all web processes have to share; a hash where that is enough"),
)

local_admin = Table(
    "local_admin",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password", Text, nullable=False, comment="argon2's encoded hash"),
    Column("set_at", _moment, nullable=False, server_default=text("now()")),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("id", Text, primary_key=True, comment="SHA-256 of what the browser's cookie holds"),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False, comment="viewer or admin"),
    Column("began_at", _moment, nullable=False, server_default=text("now()")),
    Column("seen_at", _moment, nullable=False, server_default=text("now()")),
)

refused_sign_in = Table(
    "refused_sign_in",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False, comment="address that tried"),
    Column("at", _moment, nullable=False, server_default=text("now()")),
    Index("refused_sign_in_by_source", "source", "at"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True, comment="SHA-256 of the token, which is shown once"),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", _moment, nullable=False, server_default=text("now()")),
    Column("used_at", _moment),
    Column("revoked_at", _moment),
)

activity = Table(
    "activity",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("at", _moment, nullable=False, server_default=text("now()")),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False, comment="a sentence"),
    Column("why", Text, nullable=False, server_default=text("''")),
)
