"""Real payloads, and the issues that they speak of, standing in the sandbox as they were when the first was sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.sandbox.jira.fields import NewFields
from plugin.sandbox.jira.state import JiraSite

FOLDER = Path(__file__).parents[2].parent / "shared" / "payloads"

Raw = dict[str, Any]


def payloads() -> list[Path]:
    """Every payload by name; skips the test where they do not lie beside the project."""
    found = sorted(path for path in FOLDER.glob("*.json") if path.name != "MANIFEST.json")
    if not found:
        pytest.skip(f"{FOLDER} holds no payloads")
    return found


def named(ending: str) -> Path:
    """The one payload whose file name ends so."""
    (path,) = (path for path in payloads() if path.name.endswith(ending))
    return path


def read(path: Path) -> Raw:
    given: Raw = json.loads(path.read_bytes())
    return given


@dataclass(frozen=True)
class Standing:
    """An issue as a payload shows it. `fields` may leave out much: comments carry little of their issue."""

    id: str
    key: str
    fields: Raw
    at: datetime

    @property
    def whole(self) -> bool:
        return "updated" in self.fields

    @property
    def project(self) -> str:
        return self.key.rpartition("-")[0]


def standings() -> list[Standing]:
    """Each issue that a payload shows with its key, as the earliest whole one does, else the first; parents first."""
    found: dict[str, Standing] = {}
    for path in payloads():
        for one in _shown(read(path)):
            known = found.get(one.id)
            if known is None or (one.whole, known.at) > (known.whole, one.at):
                found[one.id] = one
    return sorted(found.values(), key=lambda one: bool(one.fields.get("parent")))


def _shown(given: Raw) -> Iterator[Standing]:
    issue = given.get("issue")
    fields = issue.get("fields") if isinstance(issue, dict) else None
    if not isinstance(issue, dict) or not isinstance(fields, dict) or "[Object]" in str(fields.get("project")):
        return
    parent = fields.get("parent")
    at = _moment(fields.get("updated"), given.get("timestamp"))
    yield Standing(str(issue["id"]), issue["key"], fields, at)
    if parent:
        yield Standing(str(parent["id"]), parent["key"], parent["fields"], at)


def _moment(updated: object, timestamp: object) -> datetime:
    """The payload's `updated`, else its timestamp: milliseconds, or local time without a zone, taken for UTC."""
    if isinstance(timestamp, int) and updated is None:
        return datetime.fromtimestamp(timestamp / 1000, UTC)
    found = datetime.fromisoformat(str(updated or timestamp))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stand(site: JiraSite, issue: Standing) -> None:
    """Creates the issue under its own id and key, with whatever its site calls a type, a status or a priority."""
    site.add_project(issue.project, issue.project)
    summary = str(issue.fields["summary"]).strip()
    fields = _set_up(site, issue)
    site.create_issue(issue.project, summary, named=(issue.id, issue.key), at=issue.at, **fields)


def _set_up(site: JiraSite, issue: Standing) -> NewFields:
    """What the site does not know yet it learns."""
    given, catalogue = issue.fields, site.catalogue
    fields = NewFields(type=_type(site, given), labels=given.get("labels") or [])
    fields["components"] = [site.add_component(issue.project, _name(one)).name for one in given.get("components") or []]
    if given.get("priority"):
        fields["priority"] = catalogue.add_priority(_name(given["priority"])).name
    if given.get("status"):
        category = given["status"]["statusCategory"]["key"]
        fields["status"] = catalogue.add_status(_name(given["status"]), category).name
    if given.get("parent"):
        fields["parent"] = given["parent"]["id"]
    return fields


def _name(given: object) -> str:
    return str(given["name"] if isinstance(given, dict) else given)


_EPICS = ("Epic", "Эпик")


def _type(site: JiraSite, fields: Raw) -> str:
    kind = fields.get("issuetype") or {"name": "Task"}
    level = 1 if kind["name"] in _EPICS else -1 if kind.get("subtask") else 0
    return site.catalogue.add_type(kind["name"], level).name
