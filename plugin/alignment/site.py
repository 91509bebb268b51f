"""What the site says of itself, as conditions take it."""

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from plugin.domain.jira_site import JiraSite
from plugin.domain.product import Configuration
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


def deciding(site: SiteFacts, configuration: Configuration) -> SiteFacts:
    """Those facts alone by which the configuration's conditions may be decided.

    A fact counts that a condition's text could speak of, so some may be among them that decide nothing, never one too
    few: where a text escapes characters, all count. What `values` holds serves for notices only.
    """
    text = " ".join(_conditions(configuration)).lower()
    everything = "\\" in text
    fields = {
        id: name
        for id, name in site.fields.items()
        if everything or name.lower() in text or id.removeprefix("customfield_") in text
    }
    numbered = "cf[" in text or "customfield_" in text
    return replace(
        site,
        fields=fields,
        every_field=site.every_field and (everything or numbered),
        kinds={id: kind for id, kind in site.kinds.items() if id in fields},
        priorities=site.priorities if everything or "priority" in text else (),
        priority_ids=site.priority_ids if everything or "priority" in text else (),
        project_keys=frozenset(key for key in site.project_keys if everything or key.lower() in text),
        projects=site.projects if everything or any(one in text for one in _OF_PROJECTS) else {},
        levels=site.levels if everything or "level" in text else {},
        values={},
    )


_OF_PROJECTS = ("category", "projecttype", "version")
"""Words without which no condition asks what a project is like, or for the order of its versions."""


def _conditions(configuration: Configuration) -> Iterable[str]:
    for product in configuration.products:
        yield product.scope
        yield from (rule.when for rule in product.rules)
        yield from (one.when for one in product.exempt)
    yield from (one.when for one in configuration.site.exempt)


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
