"""What a condition has to know of the Jira site before it can be decided without asking the site."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class SiteFacts:
    """Facts of one site. All may be left out: what then cannot be decided is refused when a condition is compiled."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Jira's field id → the field's name, for custom fields that a query calls by name."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """The zone in which a query's dates and days are meant."""
    priorities: tuple[str, ...] = ()
    """The names of the site's priorities, highest first, for < and > on priority."""
    project_keys: frozenset[str] = frozenset()
    """Keys of the site's projects: a key wins over another project's equal name."""
    week_starts: Literal["monday", "sunday"] = "sunday"
    """The day that startOfWeek() means: Monday where the site uses ISO 8601."""
    timer: bool = False
    """Whether conditions are decided again when time alone changes their answer. Without it `created >= -1w` and the
    like are refused: no event would say that they ceased to hold."""
    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Jira's field id → all names that the field may hold on this site; a name that is none of them is noticed."""
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    """A group's name → account ids or user keys of its members, for membersOf()."""
    language: Literal["english", "other"] = "english"
    """The site's indexing language: English words are found by their stems, those of others as they are written."""
