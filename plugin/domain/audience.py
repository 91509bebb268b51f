"""Who may see which issues by name. Pages, lists, exports, search and API ask here or, in SQL, `store.audience`."""

from plugin.domain.frozen import Frozen
from plugin.domain.issue import Snapshot


class Audience(Frozen):
    """What a reader may see. An issue that a reader may not see still counts in every number."""

    projects: frozenset[str] | None = None
    """Keys of projects; None: all that are not restricted."""
    restricted: frozenset[str] = frozenset()
    """Keys of projects that are seen only by those to whom they are named in `projects`."""
    secured: bool = False
    """Whether issues that have a security level in Jira are seen."""

    def shows(self, snapshot: Snapshot) -> bool:
        return self.shows_project(snapshot.project_key) and (self.secured or not snapshot.fields.get("security"))

    def shows_project(self, key: str) -> bool:
        return key not in self.restricted if self.projects is None else key in self.projects


EVERYTHING = Audience(secured=True)
"""An admin's: whoever sets the rules has to see what they match."""
