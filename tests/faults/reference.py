"""What every issue should carry, worked out slowly and apart from the house: from the site's own issues and histories.

Conditions are asked of the sandbox's evaluator. The order of the questions is written out anew, one issue at a time.
"""

from dataclasses import dataclass, field

from plugin.domain.product import Configuration
from plugin.sandbox.jira.search import matches
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, Side
from plugin.sandbox.jql.words import parse
from tests.faults.people import OBJECTIVES, TAGS

FLAG = "no-objective"
_OF_TAGS = {*TAGS, FLAG}
_PARENTS = ("IssueParentAssociation", "Parent", "Epic Link")


@dataclass
class Said:
    """Who spoke last of the tags on an issue, by its history."""

    ours: set[str] = field(default_factory=set)
    by_people: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    moved: bool = False
    """Whether the issue got another parent after somebody took its flag away: it may come back, once that is seen."""


@dataclass
class Reference:
    """`me` is the account that the house writes with."""

    jira: JiraSite
    rules: Configuration
    me: str

    def differs(self, issue: Issue) -> bool:
        """Whether it carries other tags than it should; where a flag may come back or not, either is right."""
        different = self.tags(issue) ^ (_OF_TAGS & set(issue.labels))
        said = self.said(issue)
        return bool(different - ({FLAG} if FLAG in said.refused and said.moved else set()))

    def tags(self, issue: Issue) -> set[str]:
        """The tags and the flag that the issue should carry."""
        said = self.said(issue)
        objective = self.objective(issue)
        if objective:
            wanted = {f"objective-{objective}"}
        elif self._matches(self.rules.products[0].scope, issue) and not self._exempt(issue):
            wanted = {FLAG}
        else:
            wanted = set()
        return (said.by_people & set(issue.labels)) | (wanted - said.refused)

    def objective(self, issue: Issue) -> str | None:
        (product,) = self.rules.products
        if not self._matches(product.scope, issue):
            return None
        said = self.said(issue)
        chosen = sorted(one for one in OBJECTIVES if f"objective-{one}" in said.by_people & set(issue.labels))
        if chosen:
            return chosen[0]
        free = [one for one in OBJECTIVES if f"objective-{one}" not in said.refused]
        for rule in sorted(product.rules, key=lambda one: (one.priority, one.objective)):
            if rule.objective in free and self._matches(rule.when, issue):
                return rule.objective
        above = [self.jira.issues[issue.parent]] if issue.parent else []
        if above and (inherited := self.objective(above[0])) in free:
            return inherited
        while above and above[-1].parent:
            above.append(self.jira.issues[above[-1].parent])
        owned = {one.issue: one.id for one in product.objectives if one.issue and one.id in free}
        return next((owned[one.key] for one in (issue, *above) if one.key in owned), None)

    def said(self, issue: Issue) -> Said:
        """Walks the history. Labels that an issue was created with are people's."""
        items = [(entry.author, item) for entry in issue.history for item in entry.items]
        labels = [_words(item.before) for _, item in items if item.field == "labels"]
        said = Said(by_people=_OF_TAGS & (labels[0] if labels else set(issue.labels)))
        for author, item in items:
            if item.field in _PARENTS:
                said.moved = FLAG in said.refused
            if item.field == "labels":
                self._hear(said, author, _words(item.before), _words(item.after))
        return said

    def _hear(self, said: Said, author: str, before: set[str], after: set[str]) -> None:
        for label in _OF_TAGS & (after - before):
            said.refused.discard(label)
            (said.ours if author == self.me else said.by_people).add(label)
        for label in _OF_TAGS & (before - after):
            if author != self.me and label in said.ours:
                said.refused.add(label)
                said.moved = False
            said.ours.discard(label)
            said.by_people.discard(label)

    def _exempt(self, issue: Issue) -> bool:
        return any(self._matches(one.when, issue) for one in self.rules.products[0].exempt)

    def _matches(self, jql: str, issue: Issue) -> bool:
        return matches(self.jira, parse(jql), self.jira.catalogue.service, issue)


def _words(side: Side) -> set[str]:
    return set((side[1] or "").split())
