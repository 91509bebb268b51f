"""What a condition has to know of the Jira site before it can be decided without asking the site."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["number", "date", "datetime", "text", "option", "label", "user"]


@dataclass(frozen=True)
class ProjectFacts:
    """What a site says of one project."""

    type: str = ""
    category: frozenset[str] = frozenset()
    """Name and id in lower case; none where the project has no category."""
    versions: tuple[tuple[str, str], ...] | None = None
    """Id and name in the project's own order; None where that is not known."""


@dataclass(frozen=True)
class SiteFacts:
    """Facts of one site. All may be left out: what then cannot be decided is refused when a condition is compiled."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Jira's field id → the field's name, for custom fields that a query calls by name."""
    every_field: bool = False
    """Whether the site has no other fields than those: then cf[99] among none of them is refused."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """Id of a custom field → what it holds, where that is known; else the clause says what it is compared as."""
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """The zone in which a query's dates and days are meant."""
    priorities: tuple[str, ...] = ()
    """The names of the site's priorities, highest first, for < and > on priority."""
    priority_ids: tuple[str, ...] = ()
    """Their ids in the same order: a priority that is given another name stays where it is."""
    project_keys: frozenset[str] = frozenset()
    """Keys of the site's projects: a key wins over another project's equal name."""
    projects: Mapping[str, ProjectFacts] = field(default_factory=dict)
    """By key, for category, projectType and the order of versions."""
    levels: Mapping[str, int] = field(default_factory=dict)
    """An issue type's id → its hierarchy level: 1 epic, 0 standard, -1 sub-task."""
    hours_per_day: float = 8
    days_per_week: float = 5
    """The site's working time, by which durations of days and weeks are meant."""
    week_starts: Literal["monday", "sunday"] = "sunday"
    """The day that startOfWeek() means: Monday where the site uses ISO 8601."""
    timer: bool = False
    """Whether conditions are decided again when time alone changes their answer. Without it `created >= -1w` and the
    like are refused: no event would say that they ceased to hold."""
    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Jira's field id → all names, of projects also keys, that the field may hold; any other name is noticed."""
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    """A group's name → account ids or user keys of its members, for membersOf()."""
    language: Literal["english", "other"] = "english"
    """The site's indexing language: English words are found by their stems, those of others as they are written."""
