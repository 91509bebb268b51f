"""An edit on sites that treat the property each in their own way."""

from typing import Any, cast

import pytest

from plugin.atlassian.call import Call
from plugin.atlassian.jira_client import JiraClient
from plugin.atlassian.jira_edit import PROPERTY, Editing

ADD = [{"add": "objective-one"}]


class Site:
    """A Jira with one issue; it may drop the properties that travel with an edit."""

    def __init__(self, *, drops: bool) -> None:
        self.drops = drops
        self.labels: set[str] = set()
        self.properties: dict[str, Any] = {}
        self.asked: list[str] = []

    def ask(self, call: Call, path: str, **given: Any) -> Any:
        self.asked.append(f"{call.method} {path}")
        name = path.removeprefix("issue/7").removeprefix("/properties").removeprefix("/")
        if call.method == "GET":
            return {"value": self.properties[name]} if name else {"keys": [{"key": key} for key in self.properties]}
        if name:
            self.properties[name] = given["json"]
            return None
        self.labels |= {verb["add"] for verb in given["json"].get("update", {}).get("labels", ())}
        if not self.drops:
            self.properties |= {one["key"]: one["value"] for one in given["json"].get("properties", ())}
        return None


@pytest.mark.parametrize("drops", [False, True])
def test_a_property_that_a_site_drops_without_a_word_is_written_apart(drops: bool) -> None:
    site = Site(drops=drops)
    editing = Editing(cast(JiraClient, site), lambda _: {})
    for version in (1, 2, 3):
        editing.edit("7", ADD, {"version": version}, "CHK")
        assert site.properties[PROPERTY] == {"version": version}
        assert site.labels == {"objective-one"}
    puts = [one for one in site.asked if one.startswith("PUT")]
    assert len(puts) == (6 if drops else 3)
    assert len(site.asked) - len(puts) <= 2, "it is read back once in a process, not after each edit"


def test_what_was_there_before_is_not_taken_for_what_was_written() -> None:
    site = Site(drops=True)
    site.properties[PROPERTY] = {"version": 0}
    Editing(cast(JiraClient, site), lambda _: {}).edit("7", ADD, {"version": 1}, "CHK")
    assert site.properties[PROPERTY] == {"version": 1}
