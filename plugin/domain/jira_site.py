"""What a Jira site says of itself: facts that no issue tells and that rules are decided by."""

from collections.abc import Mapping
from typing import Literal

from plugin.domain.frozen import Frozen

Kind = Literal["number", "date", "datetime", "text", "option", "label", "user"]
"""What a custom field holds, where that is known: it says which operators the field takes."""


class SiteField(Frozen):
    """One field. `kind` is None where JQL's operators on it are not known, as on fields of other apps."""

    name: str
    kind: Kind | None = None


class SiteProject(Frozen):
    """A project as our account sees it. `category` is None where it has none."""

    id: str
    name: str
    type: str = ""
    category: str | None = None
    category_id: str | None = None
    versions: tuple[tuple[str, str], ...] | None = None
    """Id and name, in the order set up by the project's administrators; None where they were not asked for."""


class JiraSite(Frozen):
    """Everything that a site says of itself. A list of names is empty where the site does not tell it."""

    fields: Mapping[str, SiteField]
    """By Jira's field id."""
    projects: Mapping[str, SiteProject]
    """By key: those that our account may browse."""
    priorities: tuple[tuple[str, str], ...] = ()
    """Id and name, highest first."""
    issue_types: Mapping[str, tuple[str, int | None]] = {}
    """Id → name and hierarchy level: 1 epic, 0 standard, -1 sub-task; None where that is not told."""
    statuses: Mapping[str, tuple[str, str]] = {}
    """Id → name and category: new, indeterminate or done."""
    resolutions: tuple[str, ...] = ()
    hours_per_day: float = 8
    days_per_week: float = 5

    @property
    def names(self) -> dict[str, str]:
        """Field id → name."""
        return {id: one.name for id, one in self.fields.items()}

    def field_called(self, *names: str) -> str | None:
        """The id of the first field that bears one of the names, in any letter case; None where there is none."""
        by_name = {one.name.lower(): id for id, one in self.fields.items()}
        return next((by_name[name.lower()] for name in names if name.lower() in by_name), None)
