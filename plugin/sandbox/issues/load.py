"""Loads real issues into the sandbox: ids and keys as they are, dates moved so that the newest update is now."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.sandbox.issues.file import CompactIssue
from plugin.sandbox.jira.fields import NewFields
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, IssueLink, LinkType, Person
from plugin.sandbox.story.teams_at_work import Cast, Tie

_LINK_IDS = 1_000_000
"""Far above the ids that the site gives to its own links."""
_TIES = 40


@dataclass(frozen=True)
class Imported:
    """What became of a file. `above` are issues that others name as epic or parent and that it does not hold."""

    projects: tuple[str, ...]
    issues: int
    above: tuple[str, ...]
    moved: timedelta
    links: int
    links_left_out: int
    parents_left_out: int
    cast: Cast

    def lines(self) -> Iterator[str]:
        """What somebody should know of it, as sentences."""
        yield f"Loaded {self.issues:,} issues of {', '.join(self.projects)}, and {self.links:,} links between them."
        yield f"Moved all dates by {self.moved.days:,} days, so that the newest update is now."
        if self.above:
            yield f"Made {len(self.above)} epics and parents that issues name and the file does not hold."
        if self.links_left_out:
            yield f"Left out {self.links_left_out:,} ends of links whose other issue is not in the file."
        if self.parents_left_out:
            yield f"Left out {self.parents_left_out:,} parents that cannot stand above their child."
        yield (
            "Such data has no assignees and no history of statuses: the coverage of effort is 0 %, and only the count "
            "of issues can be told. What moved is known from now on."
        )


def load_issues(jira: JiraSite, issues: Sequence[CompactIssue], now: datetime) -> Imported:
    """Fills an empty site. No webhook hears of it; nothing is loaded where an issue is refused."""
    moved = now - max(one.updated for one in issues)
    loading = _Loading(jira, issues, moved)
    with jira.lock:
        above = loading.missing()
        loading.names([*issues, *above])
        for one in sorted([*issues, *above], key=loading.level, reverse=True):
            loading.add(one)
        loading.link()
    return Imported(
        projects=tuple(dict.fromkeys(one.project for one in issues)),
        issues=len(issues),
        above=tuple(one.key for one in above),
        moved=moved,
        links=loading.links,
        links_left_out=loading.links_left_out,
        parents_left_out=loading.parents_left_out,
        cast=_cast(jira, issues, loading.categories),
    )


class _Loading:
    """One file on its way into a site."""

    def __init__(self, jira: JiraSite, issues: Sequence[CompactIssue], moved: timedelta) -> None:
        self.jira, self.issues, self.moved = jira, issues, moved
        self.categories = _categories(issues)
        self.links = self.links_left_out = self.parents_left_out = 0
        self._importer = Person("557058:import", "Imported", "imported@example.com", "import-token")

    def missing(self) -> list[CompactIssue]:
        """The epics and parents that are only referred to, as what is known of them: words and the oldest child."""
        known = {one.key for one in self.issues}
        referred: dict[str, list[CompactIssue]] = {}
        for one in self.issues:
            if one.above and one.above not in known:
                referred.setdefault(one.above, []).append(one)
        last = max(int(one.id) for one in self.issues)
        return [
            self._made_up(key, str(last + number), children)
            for number, (key, children) in enumerate(referred.items(), 1)
        ]

    def _made_up(self, key: str, id: str, children: Sequence[CompactIssue]) -> CompactIssue:
        child = children[0]
        is_epic = child.parent_key is None
        words = (child.epic_summary or child.epic_name) if is_epic else child.parent_summary
        created = min(one.created for one in children)
        return CompactIssue(
            key=key,
            id=id,
            project=key.rpartition("-")[0],
            issuetype="Epic" if is_epic else "Story",
            summary=" ".join((words or key).split())[:255],
            status=next((name for name, category in self.categories.items() if category == "new"), "To Do"),
            created=created,
            resolutiondate=None,
            updated=created,
        )

    def names(self, issues: Iterable[CompactIssue]) -> None:
        """Everything that issues call by name."""
        catalogue = self.jira.catalogue
        catalogue.add_person(self._importer)
        for name, category in self.categories.items():
            catalogue.add_status(name, category)
        for one in issues:
            catalogue.add_type(one.issuetype, -1 if one.subtask else 0)
            if one.project not in self.jira.projects:
                self.jira.add_project(one.project, one.project)
            project = self.jira.projects[one.project]
            for component in set(one.components) - project.components.keys():
                self.jira.add_component(one.project, component)
            for version in set(one.fix_versions) - project.versions.keys():
                self.jira.add_version(one.project, version)
            if one.resolution:
                catalogue.add_resolution(one.resolution)
            if one.priority:
                catalogue.add_priority(one.priority)

    def level(self, one: CompactIssue) -> int:
        return self.jira.catalogue.type(one.issuetype).level

    def add(self, one: CompactIssue) -> None:
        """Parents come before their children. A site sets its own times; these are the file's."""
        fields = NewFields(
            type=one.issuetype,
            description=one.description,
            labels=one.labels,
            components=one.components,
            fix_versions=one.fix_versions,
            status=one.status,
            resolution=one.resolution,
        )
        if one.priority:
            fields["priority"] = one.priority
        if parent := self._parent(one):
            fields["parent"] = parent
        created = one.created + self.moved
        made = self.jira.create_issue(
            one.project, one.summary, by=self._importer.id, at=created, named=(one.id, one.key), **fields
        )
        self._date(made, one)

    def _parent(self, one: CompactIssue) -> str | None:
        above = self.jira.find(one.above) if one.above else None
        if above is None:
            return None
        if above.type.level > self.level(one):
            return above.key
        self.parents_left_out += 1
        return None

    def _date(self, made: Issue, one: CompactIssue) -> None:
        index = self.jira.by_updated
        index.drop((made.updated, made.number))
        made.updated = max(one.updated + self.moved, made.created)
        index.add((made.updated, made.number))
        if made.resolution:
            made.resolved = (one.resolved + self.moved) if one.resolved else made.updated

    def link(self) -> None:
        """Each link once, without an entry in a history that the file does not tell of."""
        known = {one.key: one.id for one in self.issues}
        seen: set[tuple[str, str, str]] = set()
        kinds = {one.name: one for one in self.jira.catalogue.link_types}
        for one in self.issues:
            for end in one.links:
                other = known.get(end.key)
                if other is None:
                    self.links_left_out += 1
                    continue
                source, destination = (one.id, other) if end.direction == "out" else (other, one.id)
                if (end.type, source, destination) not in seen:
                    seen.add((end.type, source, destination))
                    self._link(self._kind(kinds, end.type), source, destination)

    def _link(self, kind: LinkType, source: str, destination: str) -> None:
        self.links += 1
        link = IssueLink(str(_LINK_IDS + self.links), kind, source, destination)
        for id in dict.fromkeys((source, destination)):
            self.jira.issues[id].links.append(link)

    def _kind(self, kinds: dict[str, LinkType], name: str) -> LinkType:
        """A type that the site does not have yet reads the same from both ends."""
        if name not in kinds:
            kinds[name] = LinkType(str(_LINK_IDS + len(kinds)), name, name.lower(), name.lower())
            self.jira.catalogue.link_types.append(kinds[name])
        return kinds[name]


def _categories(issues: Iterable[CompactIssue]) -> dict[str, str]:
    """Status → Jira's category, which the file does not tell: done where most issues are resolved, else by its words.

    The statuses that most issues have come first.
    """
    total: Counter[str] = Counter()
    resolved: Counter[str] = Counter()
    for one in issues:
        total[one.status] += 1
        resolved[one.status] += one.resolution is not None
    return {name: _category(name, resolved[name] / count) for name, count in total.most_common()}


def _category(name: str, resolved: float) -> str:
    if resolved > 0.5:
        return "done"
    begun = ("progress", "review", "test", "block", "develop", "verif")
    return "indeterminate" if any(word in name.lower() for word in begun) else "new"


def _cast(jira: JiraSite, issues: Sequence[CompactIssue], categories: dict[str, str]) -> Cast:
    """The default people along the statuses that there are; some of what is open finds its epic."""
    people = [one.name for one in jira.catalogue.people.values() if not one.app and "EDIT_ISSUES" in one.permissions]
    columns = {
        kind: [name for name, one in categories.items() if one == kind] for kind in ("new", "indeterminate", "done")
    }
    board = (
        *columns["new"][:1],
        *(columns["indeterminate"][:2] or ["In Progress"]),
        *(columns["done"][:1] or ["Done"]),
    )
    return Cast(
        people={one.project: [name for name in people if name != "Imported"] for one in issues},
        board=board if columns["new"] else ("To Do", *board),
        ties=tuple(_ties(issues, categories)),
        remarks=("Saw this again today.", "Can somebody check whether this still happens?", "Working on a patch."),
    )


def _ties(issues: Sequence[CompactIssue], categories: dict[str, str]) -> Iterator[Tie]:
    """Newest open issues without a parent, and the largest epic that holds work of the same component."""
    epics: dict[str, Counter[str]] = {}
    for one in issues:
        for component in one.components if one.epic_key else ():
            epics.setdefault(f"{one.project} {component}", Counter())[one.epic_key or ""] += 1
    loose = [one for one in issues if not one.above and categories[one.status] != "done" and one.issuetype != "Epic"]
    for one in sorted(loose, key=lambda one: one.updated)[-_TIES:]:
        known = [epics[name] for name in (f"{one.project} {part}" for part in one.components) if name in epics]
        if known:
            yield Tie(one.key, {"parent": known[0].most_common(1)[0][0]})
