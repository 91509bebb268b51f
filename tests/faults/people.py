"""The world of the fault runs: its rules, and people who change issues by chance, the same for the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from plugin.domain.product import (
    Configuration,
    ExemptClass,
    Grace,
    Objective,
    Product,
    ProductFacts,
    ReviewPlan,
    Rule,
    Site,
    Stream,
)
from plugin.domain.week import Quarter
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue

ANCHOR = "WAL-1"
"""The issue of the objective that no rule leads to."""

PROJECTS = ("CHK", "WAL")
OUTSIDE = "OUT"
"""A project out of the product's scope: issues move there, and back."""

RULES = (
    Rule(id="wallet", objective="pay-1", when="component = Wallet", why="Wallet is the way"),
    Rule(id="apple", objective="pay-2", when='component = "Apple Pay"', why="Two rules may disagree"),
    Rule(id="urgent", objective="risk-1", when="priority = Highest", why="It comes first", priority=10),
    Rule(id="basket", objective="past-1", when="component = Basket", why="That objective is over"),
)
EXEMPT = ExemptClass(id="lights-on", when="issuetype = Bug AND priority = High")
OBJECTIVES = ("pay-1", "pay-2", "risk-1", "own-1")
"""Those that are active."""
COMPONENTS = ("Wallet", "Apple Pay", "Basket", "Else")
TAGS = tuple(f"objective-{one}" for one in OBJECTIVES)


def configuration() -> Configuration:
    """Whatever the quarter, the objectives are active in the weeks around today, and one is over."""
    today = datetime.now(UTC).date()
    running = Quarter.parse(f"{today - timedelta(days=60)}..{today + timedelta(days=60)}")
    over = Quarter.parse(f"{today - timedelta(days=160)}..{today - timedelta(days=61)}")
    objectives = [Objective(id=id, stream="pay", title=f"About {id}", quarter=running) for id in OBJECTIVES]
    objectives[-1] = objectives[-1].model_copy(update={"issue": ANCHOR})
    objectives.append(Objective(id="past-1", stream="pay", title="It was", quarter=over))
    site = Site(mode="tag", review=ReviewPlan(space="PROD"), grace=Grace(new=timedelta(0)), flags_per_week=0)
    product = Product(
        product=ProductFacts(id="pay", name="Pay"),
        scope="project in (CHK, WAL)",
        streams=(Stream(id="pay", name="Pay", projects=("CHK", "WAL")),),
        objectives=tuple(objectives),
        rules=RULES,
        exempt=(EXEMPT,),
    )
    return Configuration(site=site, products=(product,))


def prepare(jira: JiraSite) -> None:
    jira.add_project(OUTSIDE, "Of others")
    for project in (*PROJECTS, OUTSIDE):
        for component in COMPONENTS:
            jira.add_component(project, component)
    jira.create_issue("WAL", "The objective's own issue", type="Epic")


@dataclass
class People:
    """Makes one change at a time. Every choice comes from the seed and from what the site then holds."""

    jira: JiraSite
    chance: Random
    most: int = 60
    """About so many issues live at once."""
    made: int = 0
    said: set[tuple[str, str]] = field(default_factory=set)
    """Issue and label: a person speaks once of each."""

    def change(self) -> None:
        """Exactly one change; whoever finds nothing to do does something else."""
        with self.jira.lock:
            while not self._one():
                pass
        self.made += 1

    def _one(self) -> bool:
        issues = [one for one in self.jira.issues.values() if one.key != ANCHOR]
        if len(issues) < 5 or (len(issues) < self.most and self.chance.random() < 0.25):
            self._create()
            return True
        issue = self.chance.choice(issues)
        return self.chance.choice(self._habits())(issue)

    def _habits(self) -> Sequence[Callable[[Issue], bool]]:
        rare = [self._delete, self._move, self._tag, self._untag]
        return (
            [self._components] * 5
            + [self._priority] * 3
            + [self._parent] * 3
            + [self._other] * 3
            + [
                *([self._type, self._status, self._comment, self._link] * 2),
                *rare,
            ]
        )

    def _create(self) -> None:
        kind = self.chance.choice(("Epic", "Story", "Story", "Task", "Bug"))
        parent = self._epic() if kind != "Epic" and self.chance.random() < 0.5 else None
        self.jira.create_issue(
            self.chance.choice(PROJECTS),
            f"Work {self.made}",
            type=kind,
            parent=parent,
            components=self._some_components(),
            labels=[self.chance.choice(("mobile", *TAGS[:2]))] if self.chance.random() < 0.2 else [],
        )

    def _some_components(self) -> list[str]:
        return self.chance.sample(COMPONENTS, self.chance.choice((0, 0, 1, 1, 2)))

    def _epic(self) -> str | None:
        epics = [one.id for one in self.jira.issues.values() if one.type.name == "Epic"]
        return self.chance.choice(epics) if epics else None

    def _components(self, issue: Issue) -> bool:
        return self.jira.edit_issue(issue.id, components=self._some_components()) is not None

    def _priority(self, issue: Issue) -> bool:
        return self.jira.edit_issue(issue.id, priority=self.chance.choice(("Highest", "High", "Medium"))) is not None

    def _parent(self, issue: Issue) -> bool:
        parent = self._epic() if self.chance.random() < 0.7 else None
        if issue.type.name == "Epic" or issue.parent == parent:
            return False
        return self.jira.edit_issue(issue.id, parent=parent) is not None

    def _other(self, issue: Issue) -> bool:
        return self.jira.edit_issue(issue.id, summary=f"Other words {self.made}") is not None

    def _type(self, issue: Issue) -> bool:
        if issue.type.name == "Epic":
            return False
        return self.jira.edit_issue(issue.id, type=self.chance.choice(("Story", "Task", "Bug"))) is not None

    def _status(self, issue: Issue) -> bool:
        return self.jira.transition(issue.id, self.chance.choice(("To Do", "In Progress", "Done"))) is not None

    def _comment(self, issue: Issue) -> bool:
        self.jira.comment(issue.id, "Seen.")
        return True

    def _link(self, issue: Issue) -> bool:
        """Told without the issue itself: a reason to read it."""
        other = self.chance.choice(sorted(self.jira.issues))
        if other == issue.id:
            return False
        self.jira.link_issues(issue.id, "Relates", other)
        return True

    def _delete(self, issue: Issue) -> bool:
        """With its children or without: they lose their parent, and no event tells of them."""
        if self.chance.random() < 0.5:
            return False
        self.jira.delete_issue(issue.id)
        return True

    def _move(self, issue: Issue) -> bool:
        self.jira.move(issue.id, self.chance.choice([one for one in (*PROJECTS, OUTSIDE) if one != issue.project]))
        return True

    def _tag(self, issue: Issue) -> bool:
        label = self.chance.choice(TAGS)
        return self._may_say(issue, label) and self.jira.label(issue.id, add=[label]) is not None

    def _untag(self, issue: Issue) -> bool:
        """Any tag that stands there, whoever set it; the flag as well."""
        standing = sorted(one for one in issue.labels if one in TAGS or one == "no-objective")
        if not standing:
            return False
        label = self.chance.choice(standing)
        return self._may_say(issue, label) and self.jira.label(issue.id, remove=[label]) is not None

    def _may_say(self, issue: Issue, label: str) -> bool:
        if (issue.id, label) in self.said:
            return False
        self.said.add((issue.id, label))
        return True
