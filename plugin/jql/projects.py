"""Fields that ask what a project is: its category and its type. The issue tells its project, the site the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plugin.jql import refusals
from plugin.jql.clause import EQUALITY, Ask, Unfit, answer
from plugin.jql.nodes import Value
from plugin.jql.questions import Question
from plugin.jql.site import ProjectFacts
from plugin.jql.terms import of_mappings
from plugin.jql.view import Issue, Terms, View, in_words, reading_of

_KEY = reading_of("project", lambda value: of_mappings(value, ("key",)))


@dataclass(frozen=True)
class ProjectWordField:
    """`words` is what the site says of a project, None where it does not tell."""

    name: str
    words: Callable[[ProjectFacts], Terms | None]
    nullable: bool
    field: str = "project"
    operators: frozenset[str] = EQUALITY
    never_empty: str = "JQL compares it by = != IN and NOT IN alone"

    def show(self, issue: Issue) -> str:
        return f"project {in_words(issue.get(self.field))}"

    def moves(self, ask: Ask) -> bool:
        return False

    def question(self, ask: Ask) -> Question:
        for one in ask.compared:
            if not isinstance(one, Value):
                raise refusals.function(one)
            if not ask.site.projects:
                instead = "Name the projects: project IN (ABC, DEF)."
                raise Unfit(one, f"What {self.name} a project has is not known of this site", instead)
        wanted = frozenset(one.text.lower() for one in ask.compared if isinstance(one, Value))
        told = {key.lower(): self.words(project) for key, project in ask.site.projects.items()}

        def holds(found: Terms, view: View) -> bool:
            return not wanted.isdisjoint(found)

        return answer(ask, lambda view: _of_project(view, told), holds, "project")


def _of_project(view: View, told: Mapping[str, Terms | None]) -> Terms | None:
    keys = view.terms[_KEY]
    return told.get(next(iter(keys))) if keys else None


CATEGORY = ProjectWordField("category", lambda project: project.category, nullable=True)
TYPE = ProjectWordField(
    "projectType", lambda project: frozenset({project.type.lower()}) if project.type else None, nullable=False
)
