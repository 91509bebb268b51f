"""The fields that rules read, held against those that the site has."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from plugin import jql
from plugin.alignment.site import site_facts
from plugin.doctor.finding import Finding, unwell, well
from plugin.domain.jira_site import JiraSite
from plugin.domain.product import Configuration

NAME = "fields"


def fields(active: Configuration, found: JiraSite) -> Iterator[Finding]:
    """One finding for each condition that asks what the site does not have."""
    site = replace(site_facts(found, active.site.time_zone), timer=True)
    wrong = [(place, words) for place, when in _conditions(active) for words in _missing(when, site)]
    for place, words in wrong:
        yield unwell(NAME, f"{place} {words}", "write the field's name or number of today, then `plumbline apply`")
    if not wrong:
        yield well(NAME, f"the site has every field that the rules read ({len(found.fields)} in all)")


_MAPPED = {
    "epic link": ("Epic Link",),
    "sprint": ("Sprint",),
    "story points": ("Story Points", "Story point estimate"),
    "flagged": ("Flagged",),
}


def field_map(found: JiraSite) -> Finding:
    """Where this site keeps what most sites have; fields bear other numbers on every site."""
    ids = {name: found.field_called(*names) for name, names in _MAPPED.items()}
    told = [f"{name} is {_as_jql(id)}" if id else f"there is no {name}" for name, id in ids.items()]
    return well("field map", ", ".join(told))


def _as_jql(id: str) -> str:
    return f"cf[{id.removeprefix('customfield_')}]" if id.startswith("customfield_") else id


def _missing(when: str, site: jql.SiteFacts) -> Iterator[str]:
    try:
        jql.compile(when, site)
    except jql.JqlError as refused:
        yield f"cannot be decided on this site: {str(refused).splitlines()[0]}{_meant(when, site.fields)}"


def _meant(when: str, names: Mapping[str, str]) -> str:
    """Renamed fields mostly keep some of their name."""
    found = [
        name for word in when.split('"')[1::2] for name in get_close_matches(word, names.values(), n=1, cutoff=0.6)
    ]
    return f" Is “{found[0]}” meant?" if found else ""


def _conditions(active: Configuration) -> Iterator[tuple[str, str]]:
    """Every condition, and what it is called."""
    for one in active.site.exempt:
        yield f"the site's exempt class {one.id}", one.when
    for product in active.products:
        yield f"the scope of {product.id}", product.scope
        for rule in product.rules:
            yield f"rule {rule.id} of {product.id}", rule.when
        for one in product.exempt:
            yield f"exempt class {one.id} of {product.id}", one.when
