"""The fields that rules read, held against those that the site has."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from plugin import jql
from plugin.doctor.finding import Finding, unwell, well
from plugin.domain.product import Configuration

NAME = "fields"


def fields(active: Configuration, names: Mapping[str, str]) -> Iterator[Finding]:
    """`names` is the site's field id → name. One finding for each condition that reads what is not there."""
    site = jql.SiteFacts(fields=names, time_zone=ZoneInfo(active.site.time_zone), timer=True)
    wrong = [(place, words) for place, when in _conditions(active) for words in _missing(when, site)]
    for place, words in wrong:
        yield unwell(NAME, f"{place} {words}", "write the field's name or number of today, then `plumbline apply`")
    if not wrong:
        yield well(NAME, f"the site has every field that the rules read ({len(names)} in all)")


def _missing(when: str, site: jql.SiteFacts) -> Iterator[str]:
    try:
        condition = jql.compile(when, site)
    except jql.JqlError as refused:
        yield f"cannot be decided on this site: {str(refused).splitlines()[0]}{_meant(when, site.fields)}"
        return
    for field in sorted(condition.needs):
        if field.startswith("customfield_") and field not in site.fields:
            yield f"reads cf[{field.removeprefix('customfield_')}], which the site does not have (any more)"


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
