"""What the site says of itself, as conditions take it."""

from zoneinfo import ZoneInfo

from plugin.domain.jira_site import JiraSite
from plugin.jql import ProjectFacts, SiteFacts


def site_facts(site: JiraSite | None, zone: str = "UTC") -> SiteFacts:
    """Without a site nothing is known but the zone: what then cannot be decided is refused, or undecided."""
    if site is None:
        return SiteFacts(time_zone=ZoneInfo(zone))
    custom = {id: one for id, one in site.fields.items() if id.startswith("customfield_")}
    return SiteFacts(
        fields={id: one.name for id, one in site.fields.items()},
        every_field=True,
        kinds={id: one.kind for id, one in custom.items() if one.kind},
        time_zone=ZoneInfo(zone),
        priorities=tuple(name for _, name in site.priorities),
        priority_ids=tuple(id for id, _ in site.priorities),
        project_keys=frozenset(site.projects),
        projects={
            key: ProjectFacts(
                type=one.type,
                category=frozenset(word.lower() for word in (one.category, one.category_id) if word),
                versions=one.versions,
            )
            for key, one in site.projects.items()
        },
        levels={id: level for id, (_, level) in site.issue_types.items() if level is not None},
        values=_values(site),
        hours_per_day=site.hours_per_day,
        days_per_week=site.days_per_week,
    )


def _values(site: JiraSite) -> dict[str, tuple[str, ...]]:
    """All that these fields may hold; a list that the site did not tell says nothing."""
    found = {
        "status": tuple(name for name, _ in site.statuses.values()),
        "issuetype": tuple(name for name, _ in site.issue_types.values()),
        "priority": tuple(name for _, name in site.priorities),
        "resolution": site.resolutions,
        "project": (*site.projects, *(one.name for one in site.projects.values())),
    }
    return {field: names for field, names in found.items() if names}
