"""Writes a product that fits imported issues: objectives from their largest epics, rules by epic and by component."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from plugin.sandbox.issues.file import CompactIssue
from plugin.sandbox.story.calendar import Quarters
from plugin.sandbox.story.configuration import SITE, write_files

LARGEST = 20
_FEWEST = 3
"""Issues of a component that an epic must hold before a rule follows from it."""

_HEAD = """\
# A product that fits the imported issues. Its objectives are their largest epics, which is where to begin, not to end.
product:
  id: {id}
  name: {name}

# Which issues are the product's at all. What was finished before this quarter is left as it is, whatever is said here.
scope: 'project in ({keys})'

streams:
  - id: {id}
    name: {name}
    projects: [{keys}]

objectives:
"""
_OBJECTIVE = """\
  - id: {id}
    stream: {stream}
    quarter: {quarter}
    title: {title}
    issue: {key}
"""
_RULES = """
# The epic and its children are asked first; what is deeper down follows its parent.
rules:
"""
_BY_EPIC = """\
  - id: {id}
    objective: {id}
    when: 'key = {key} OR parent = {key}'
    why: It is part of {key}
    priority: 10
"""
_BY_COMPONENT = """\
  - id: component-{slug}
    objective: {id}
    when: {when}
    why: {why}
"""


def write_fitting(folder: Path, issues: Sequence[CompactIssue], today: date) -> int:
    """Writes site.yaml and products/imported.yaml for the running quarter; gives the number of objectives."""
    epics = _largest(issues)
    keys = list(dict.fromkeys(one.project for one in issues))
    quarter = Quarters.around(today).running
    facts = {"id": keys[0].lower(), "name": keys[0], "keys": ", ".join(keys)}
    head = _HEAD.format(**facts)
    text = [head if epics else head.replace("objectives:\n", "objectives: []\n")]
    for key, title in epics.items():
        facts = {"id": key.lower(), "stream": keys[0].lower(), "quarter": quarter.written, "key": key}
        text.append(_OBJECTIVE.format(**facts, title=json.dumps(title, ensure_ascii=False)))
    text.append(_RULES if epics else "")
    text += [_BY_EPIC.format(id=key.lower(), key=key) for key in epics]
    text += _component_rules(issues, epics)
    write_files(folder, SITE, {"imported": "".join(text)})
    return len(epics)


def _largest(issues: Sequence[CompactIssue]) -> dict[str, str]:
    """Key → title of the epics that most issues belong to."""
    counts = Counter(one.epic_key for one in issues if one.epic_key)
    titles = {one.key: one.summary for one in issues} | {
        one.epic_key: one.epic_summary or one.epic_name or one.epic_key for one in issues if one.epic_key
    }
    return {key: " ".join(titles[key].split()) for key, _ in counts.most_common(LARGEST)}


def _component_rules(issues: Sequence[CompactIssue], epics: dict[str, str]) -> Iterator[str]:
    """A component goes where most of its work goes that has one of these epics; without a majority it has no rule."""
    belongs: dict[str, Counter[str]] = {}
    for one in issues:
        for component in one.components if one.epic_key in epics else ():
            belongs.setdefault(component, Counter())[one.epic_key or ""] += 1
    for number, (component, counts) in enumerate(sorted(belongs.items()), 1):
        key, most = counts.most_common(1)[0]
        if most >= _FEWEST and most * 2 > counts.total():
            when = f"component = {json.dumps(component, ensure_ascii=False)}"
            why = f"{most} of the {counts.total()} issues of this component with one of these epics belong to {key}"
            slug = f"{_slug(component)}-{number}".lstrip("-")
            yield _BY_COMPONENT.format(slug=slug, id=key.lower(), when=_quoted(when), why=_quoted(why))


def _slug(name: str) -> str:
    """The name as a part of an id; "" where it has no letter or digit that an id may have."""
    return "-".join("".join(one if one.isalnum() and one.isascii() else " " for one in name.lower()).split())[:60]


def _quoted(text: str) -> str:
    """A YAML string in single quotes."""
    return "'" + text.replace("'", "''") + "'"
