"""A Jira site in memory: what it holds, and what its people do to it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Literal, Self, Unpack

from pydantic import JsonValue

from plugin.sandbox.catalogue import Catalogue
from plugin.sandbox.jira.catalogue import custom_field, default_fields
from plugin.sandbox.jira.errors import JiraError, no_such_issue
from plugin.sandbox.jira.fields import IssueFields, NewFields, plan_fields
from plugin.sandbox.jira.happened import Act, Happened, event_kind
from plugin.sandbox.jira.updated_index import UpdatedIndex
from plugin.sandbox.jira.values import (
    Comment,
    Dialect,
    History,
    Issue,
    IssueLink,
    Item,
    Named,
    Project,
    RemoteLink,
    Version,
)


class JiraSite:
    """Thread-safe: every operation holds `lock`; hold it yourself around several that belong together.

    Whoever acts is named by id, name or e-mail address in `by`; without it the first administrator of the default
    people acts. `at` back-dates an operation and tells no webhook of it: for seeding and importing. An issue is
    named by its key, an old key or its id.
    """

    def __init__(
        self,
        dialect: Dialect = "cloud",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        base_url: str = "http://localhost",
    ) -> None:
        self.dialect: Dialect = dialect
        self.clock = clock
        self.base_url = base_url
        self.lock = RLock()
        self.catalogue = Catalogue(dialect)
        self.fields = default_fields(dialect)
        self.projects: dict[str, Project] = {}
        self.issues: MutableMapping[str, Issue] = {}
        """By id."""
        self.ids: dict[str, str] = {}
        """Key → id, old keys of moved issues among them."""
        self.by_updated = UpdatedIndex()
        self.listeners: list[Callable[[Happened], None]] = []
        """Called under the lock, in the order in which things happen."""
        self.iso_weeks = False
        """Whether weeks begin on Monday in JQL's startOfWeek(); else on Sunday."""
        self.search_lag = timedelta(0)
        """How long a new issue is not found by Cloud's search."""
        self.refuses_properties_in_edits = False
        """Whether an edit that carries entity properties is a 400, as where a proxy or an app is strict."""
        self.flow: Literal["Primary", "Secondary"] = "Primary"
        """What webhooks say of the next changes; `bulk_change` sets it."""
        self.token_ends: dict[str, datetime] = {}
        """Account id → when its access token expires; Data Center tells it."""
        self.mails = 0
        """Edits that mailed the watchers."""
        self._last = dict.fromkeys(("issue", "history", "comment", "link", "remote link", "project", "part"), 10000)

    @classmethod
    def with_defaults(
        cls, dialect: Dialect = "cloud", clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> Self:
        """Two projects with components, CHK (Checkout) and WAL (Wallet), and no issues."""
        site = cls(dialect, clock)
        site.add_project("CHK", "Checkout", components=("Wallet", "Apple Pay", "Basket"))
        site.add_project("WAL", "Wallet", components=("Cards",))
        return site

    # -- what there is ------------------------------------------------------------------------------------------------

    def find(self, name: str) -> Issue | None:
        """The issue with this id or key, None where there is none."""
        return self.issues.get(name) or self.issues.get(self.ids.get(name.upper(), ""))

    def issue(self, name: str) -> Issue:
        """Like `find`, but raises JiraError 404."""
        found = self.find(name)
        if found is None:
            raise no_such_issue()
        return found

    def estimated(self, found: Iterable[Issue]) -> int:
        """What Cloud's approximate count tells of a search."""
        return sum(1 for _ in found)

    def may_see(self, issue: Issue, person: str) -> bool:
        visible_to = self.projects[issue.project].visible_to
        return visible_to is None or person in visible_to

    def field_name(self, id: str) -> str:
        for one in self.fields:
            if one["id"] == id:
                return str(one["name"])
        raise JiraError(
            400, errors={id: f"Field '{id}' cannot be set. It is not on the appropriate screen, or unknown."}
        )

    # -- what an administrator adds -----------------------------------------------------------------------------------

    def add_project(self, key: str, name: str, components: Iterable[str] = (), versions: Iterable[str] = ()) -> Project:
        with self.lock:
            project = self.projects.setdefault(key, Project(self._next("project"), key, name))
            for component in components:
                self.add_component(key, component)
            for version in versions:
                self.add_version(key, version)
            return project

    def add_component(self, project: str, name: str) -> Named:
        with self.lock:
            known = self.projects[project].components
            return known.get(name) or known.setdefault(name, Named(self._next("part"), name))

    def add_version(self, project: str, name: str, released: bool = False) -> Version:
        with self.lock:
            known = self.projects[project].versions
            return known.get(name) or known.setdefault(name, Version(self._next("part"), name, released))

    def add_field(self, id: str, name: str, kind: str = "textfield") -> None:
        """A custom field, such as `customfield_10050`."""
        with self.lock:
            if all(one["id"] != id for one in self.fields):
                self.fields.append(custom_field(id, name, kind, self.dialect))

    # -- what people do -----------------------------------------------------------------------------------------------

    def create_issue(
        self,
        project: str,
        summary: str,
        *,
        by: str | None = None,
        at: datetime | None = None,
        named: tuple[str, str] | None = None,
        **fields: Unpack[NewFields],
    ) -> Issue:
        """A new issue; `named` gives it an id and a key of its own (for importing). Type is Task unless given."""
        with self.lock:
            act = self._act(by, at)
            issue = self._blank(project, act)
            issue.type = self.catalogue.type(fields.get("type", "Task"))
            planned = plan_fields(self, issue, {"summary": summary, **fields}, act.moment)
            self._name(issue, named)
            for one in planned:
                self._set(issue, one.attributes)
            self.issues[issue.id], self.ids[issue.key] = issue, issue.id
            self.by_updated.add((issue.updated, issue.number))
            self._tell(act, Happened("jira:issue_created", "issue_created", act.actor, act.moment, issue))
            return issue

    def edit_issue(
        self, name: str, *, by: str | None = None, at: datetime | None = None, **fields: Unpack[IssueFields]
    ) -> History | None:
        """Sets fields in one step; None where nothing differed: then nothing is written, told or dated anew."""
        with self.lock:
            issue, act = self.issue(name), self._act(by, at)
            planned = plan_fields(self, issue, fields, act.moment)
            items = tuple(item for one in planned for item in one.items)
            if not items:
                return None
            for one in planned:
                self._set(issue, one.attributes)
            return self._changed(issue, items, act)

    def label(
        self,
        name: str,
        add: Collection[str] = (),
        remove: Collection[str] = (),
        *,
        by: str | None = None,
        at: datetime | None = None,
    ) -> History | None:
        """Adds and removes labels, whatever others are there."""
        with self.lock:
            labels = (set(self.issue(name).labels) | set(add)) - set(remove)
            return self.edit_issue(name, by=by, at=at, labels=labels)

    def transition(
        self, name: str, status: str, *, by: str | None = None, at: datetime | None = None
    ) -> History | None:
        """To the status; into Done it is resolved, out of Done its resolution is cleared."""
        return self.edit_issue(name, by=by, at=at, status=status)

    def move(self, name: str, project: str, *, by: str | None = None, at: datetime | None = None) -> Issue:
        """To another project: the key changes and the old one still finds it; the id stays. Components are lost."""
        with self.lock:
            issue, act = self.issue(name), self._act(by, at)
            old, new, key = self.projects[issue.project], self._project(project), issue.key
            if old is new:
                raise JiraError(400, f"{key} is in {project} already; name another project.")
            left = plan_fields(self, issue, {"components": (), "fix_versions": ()}, act.moment)
            for one in left:
                self._set(issue, one.attributes)
            issue.project = project
            self._name(issue, None)
            self.ids[issue.key] = issue.id
            moved = Item("project", "project", (old.id, old.name), (new.id, new.name))
            renamed = Item("Key", "Key", (None, key), (None, issue.key))
            self._changed(issue, (moved, renamed, *(item for one in left for item in one.items)), act)
            return issue

    def comment(self, name: str, body: str, *, by: str | None = None, at: datetime | None = None) -> Comment:
        """Adds a comment (wiki text), which dates the issue anew without an entry in its changelog."""
        with self.lock:
            issue, act = self.issue(name), self._act(by, at)
            comment = Comment(self._next("comment"), act.actor, body, act.moment)
            issue.comments.append(comment)
            self._date(issue, act.moment)
            alone = Happened("comment_created", None, act.actor, act.moment, issue, comment=comment)
            self._tell(act, alone)
            if self.dialect == "data center":
                self._tell(act, replace(alone, event="jira:issue_updated", kind="issue_commented"))
            return comment

    def delete_issue(self, name: str, *, by: str | None = None) -> None:
        """Deletes it with its sub-tasks; other children lose their parent."""
        with self.lock:
            issue, act = self.issue(name), self._act(by, None)
            for child in [self.issues[id] for id in issue.children]:
                if child.type.subtask:
                    self.delete_issue(child.id, by=by)
                else:
                    child.parent = None
            for link in issue.links:
                other = self.issues[link.destination if link.source == issue.id else link.source]
                other.links.remove(link)
            self._set(issue, {"parent": None})
            del self.issues[issue.id]
            self.ids = {key: id for key, id in self.ids.items() if id != issue.id}
            self.by_updated.drop((issue.updated, issue.number))
            self._tell(act, Happened("jira:issue_deleted", None, act.actor, act.moment, issue))

    def link_issues(
        self, source: str, type: str, destination: str, *, by: str | None = None, at: datetime | None = None
    ) -> IssueLink:
        """Links two issues, such as ("CHK-1", "Blocks", "CHK-2")."""
        with self.lock:
            act, kind = self._act(by, at), self.catalogue.link_type(type)
            ends = self.issue(source), self.issue(destination)
            link = IssueLink(self._next("link"), kind, ends[0].id, ends[1].id)
            for one, other, words in ((ends[0], ends[1], kind.outward), (ends[1], ends[0], kind.inward)):
                one.links.append(link)
                text = f"This issue {words} {other.key}"
                self._write_history(one, (Item("Link", "issuelinks", (None, None), (other.key, text)),), act)
            self._tell(act, Happened("issuelink_created", None, act.actor, act.moment, ends[0], link=link))
            return link

    @contextmanager
    def bulk_change(self) -> Iterator[None]:
        """Changes made inside are told as the fallout of a bulk change: flow `Secondary`."""
        with self.lock:
            self.flow = "Secondary"
            try:
                yield
            finally:
                self.flow = "Primary"

    # -- what services keep on issues ---------------------------------------------------------------------------------

    def set_property(self, name: str, key: str, value: JsonValue) -> bool:
        """Sets an entity property, which neither dates the issue anew nor tells anybody; True where it is new."""
        with self.lock:
            properties = self.issue(name).properties
            new = key not in properties
            properties[key] = value
            return new

    def put_remote_link(self, name: str, link: RemoteLink, *, by: str | None = None) -> tuple[RemoteLink, bool]:
        """Creates the link, or rewrites the one with its global id; True where it is new. `link.id` is ignored."""
        with self.lock:
            issue, act = self.issue(name), self._act(by, None)
            links = issue.remote_links
            for place, known in enumerate(links):
                if link.global_id and known.global_id == link.global_id:
                    links[place] = replace(link, id=known.id)
                    return links[place], False
            created = replace(link, id=int(self._next("remote link")))
            links.append(created)
            text = f'This issue links to "{link.object.get("title")}"'
            item = Item("RemoteIssueLink", "RemoteIssueLink", (None, None), (str(created.id), text))
            self._write_history(issue, (item,), act)
            return created, True

    def remove_remote_link(self, name: str, link_id: int) -> None:
        """Raises JiraError 404 where the issue has no such link."""
        with self.lock:
            links = self.issue(name).remote_links
            kept = [one for one in links if one.id != link_id]
            if len(kept) == len(links):
                raise JiraError(404, f"The remote issue link with id '{link_id}' does not exist.")
            links[:] = kept

    # -- inside -------------------------------------------------------------------------------------------------------

    def _next(self, kind: str) -> str:
        self._last[kind] += 1
        return str(self._last[kind])

    def _act(self, by: str | None, at: datetime | None) -> Act:
        """The moment is in UTC, in whole milliseconds as Jira keeps it."""
        people = self.catalogue.people.values()
        actor = self.catalogue.person(by) if by else next(one for one in people if not one.app)
        moment = (at or self.clock()).astimezone(UTC)
        return Act(actor.id, moment.replace(microsecond=moment.microsecond // 1000 * 1000), at is None)

    def _project(self, key: str) -> Project:
        if key not in self.projects:
            raise JiraError(400, errors={"project": f"No project could be found with key '{key}'."})
        return self.projects[key]

    def _blank(self, project: str, act: Act) -> Issue:
        self._project(project)
        catalogue = self.catalogue
        return Issue(
            id="0",
            key="",
            project=project,
            type=catalogue.types[0],
            summary="",
            status=catalogue.statuses[0],
            priority=catalogue.priority("Medium"),
            creator=act.actor,
            reporter=act.actor,
            created=act.moment,
            updated=act.moment,
        )

    def _name(self, issue: Issue, named: tuple[str, str] | None) -> None:
        """Gives the issue an id, unless it has one, and the next key of its project."""
        project = self.projects[issue.project]
        if named:
            issue.id, issue.key = named
            self._last["issue"] = max(self._last["issue"], int(issue.id))
            project.last_number = max(project.last_number, int(issue.key.rpartition("-")[2]))
            return
        if issue.id == "0":
            issue.id = self._next("issue")
        project.last_number += 1
        issue.key = f"{issue.project}-{project.last_number}"

    def _set(self, issue: Issue, attributes: Mapping[str, object]) -> None:
        if "parent" in attributes:
            if issue.parent:
                self.issues[issue.parent].children.remove(issue.id)
            if parent := self.issues.get(str(attributes["parent"])):
                parent.children.append(issue.id)
        for name, value in attributes.items():
            setattr(issue, name, value)

    def _changed(self, issue: Issue, items: tuple[Item, ...], act: Act) -> History:
        history = self._write_history(issue, items, act)
        kind = event_kind(items, self.dialect)
        self._tell(act, Happened("jira:issue_updated", kind, act.actor, act.moment, issue, history))
        return history

    def _write_history(self, issue: Issue, items: tuple[Item, ...], act: Act) -> History:
        history = History(self._next("history"), act.actor, act.moment, items)
        issue.history.append(history)
        self._date(issue, act.moment)
        return history

    def _date(self, issue: Issue, moment: datetime) -> None:
        """An issue is never dated back: what is imported out of order leaves the newest date."""
        if moment > issue.updated:
            self.by_updated.drop((issue.updated, issue.number))
            issue.updated = moment
            self.by_updated.add((issue.updated, issue.number))

    def _tell(self, act: Act, happened: Happened) -> None:
        for listener in self.listeners if act.told else ():
            listener(happened)
