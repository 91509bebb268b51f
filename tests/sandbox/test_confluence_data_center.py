"""The sandbox's Confluence Data Center, over HTTP, by the library's calls and the documented ones."""

import pytest
from requests import HTTPError

from plugin.sandbox.confluence.values import Draft
from tests.sandbox.confluence_sites import Spoken

BODY = "<h2>Metrics</h2><p>Checkout conversion fell to 62.1&nbsp;%.</p>"


def create(data_center: Spoken, title: str = "Week 47", body: str = BODY) -> str:
    return str(data_center.client.create_page("PROD", title, body)["id"])


def test_a_page_reads_back_with_what_expand_names(data_center: Spoken) -> None:
    id = create(data_center)
    read = data_center.client.get_page_by_id(id, expand="body.storage,version,ancestors")
    assert (read["title"], read["version"]["number"]) == ("Week 47", 1)
    assert read["body"]["storage"]["value"] == BODY
    assert read["ancestors"][-1]["id"] == data_center.site.space("PROD").homepage
    assert "history" not in read
    assert "history" in data_center.client.get_page_by_id(id)
    assert data_center.http.get(data_center.base + read["_links"]["webui"], timeout=10).status_code == 200


def test_the_librarys_update_and_a_stale_one(data_center: Spoken) -> None:
    id = create(data_center)
    data_center.client.update_page(id, "Week 47", "<p>two</p>", version_comment="why", always_update=True)
    assert data_center.site.page(id).latest.message == "why"
    stale = {"type": "page", "title": "Week 47", "version": {"number": 2}}
    refused = data_center.call("PUT", f"/rest/api/content/{id}", 409, json=stale)
    assert "Version must be incremented" in refused["message"]
    assert [one.body for one in data_center.site.page(id).versions] == [BODY, "<p>two</p>"]


def test_what_cannot_be_a_page_is_refused(data_center: Spoken) -> None:
    create(data_center)
    with pytest.raises(HTTPError, match="A page already exists with the title Week 47 in the space with key PROD"):
        create(data_center)
    with pytest.raises(HTTPError, match="Error parsing xhtml"):
        create(data_center, "Week 48", "<p>open")


def test_a_page_is_found_by_title_and_is_gone_once_deleted(data_center: Spoken) -> None:
    id = create(data_center)
    assert data_center.client.get_page_id("PROD", "Week 47") == id
    data_center.client.remove_page(id)
    assert data_center.client.get_page_id("PROD", "Week 47") is None
    data_center.call("GET", f"/rest/api/content/{id}", 404)
    assert data_center.site.page(id).status == "trashed"


def test_properties_by_key_have_versions_of_their_own(data_center: Spoken) -> None:
    id = create(data_center)
    data_center.client.set_page_property(id, {"key": "plumbline", "value": {"key": "acme-pay/2026-W47"}})
    path = f"/rest/api/content/{id}/property/plumbline"
    new = {"key": "plumbline", "value": {"key": "other"}, "version": {"number": 2}}
    data_center.call("PUT", path, json=new)
    data_center.call("PUT", path, 409, json=new)
    assert data_center.client.get_page_property(id, "plumbline")["value"] == {"key": "other"}
    listed = {"spaceKey": "PROD", "expand": "metadata.properties.plumbline"}
    [_, page] = data_center.call("GET", "/rest/api/content", params=listed)["results"]
    assert page["metadata"]["properties"]["plumbline"]["value"] == {"key": "other"}
    data_center.call("DELETE", path, 204)
    data_center.call("GET", path, 404)


def test_labels_and_the_search_by_them(data_center: Spoken) -> None:
    id = create(data_center)
    data_center.client.set_page_label(id, "plumbline")
    found = data_center.call("GET", "/rest/api/content/search", params={"cql": "label=plumbline and space=PROD"})
    assert [one["id"] for one in found["results"]] == [id]
    assert [one["name"] for one in data_center.client.get_page_labels(id)["results"]] == ["plumbline"]
    data_center.call("DELETE", f"/rest/api/content/{id}/label", 204, params={"name": "plumbline"})
    assert data_center.site.page(id).labels == ()


def test_lists_come_in_parts(data_center: Spoken) -> None:
    for number in range(5):
        create(data_center, f"Week {number}")
    first = data_center.call("GET", "/rest/api/content", params={"spaceKey": "PROD", "limit": 4})
    assert [one["title"] for one in first["results"]] == ["Product", "Week 0", "Week 1", "Week 2"]
    rest = data_center.call("GET", first["_links"]["next"])
    assert [one["title"] for one in rest["results"]] == ["Week 3", "Week 4"]
    assert "next" not in rest["_links"]


def test_a_file_gets_a_second_version_at_its_own_address(data_center: Spoken) -> None:
    id = create(data_center)
    path, guard = f"/rest/api/content/{id}/child/attachment", {"X-Atlassian-Token": "nocheck"}
    data_center.client.attach_content(b"first", "load.png", "image/png", page_id=id)
    [found] = data_center.call("GET", path)["results"]
    again = {"file": ("other.png", b"second", "image/png")}
    data_center.call("POST", f"{path}/{found['id']}/data", files=again, headers=guard)
    stored = data_center.site.attachment_named(id, "load.png")
    assert stored is not None
    assert [one.content for one in stored.versions] == [b"first", b"second"]


def test_comments_and_people(data_center: Spoken) -> None:
    id = create(data_center)
    made = data_center.site.comment_inline(id, "fell to", "<p>Why?</p>", "someone")
    [found] = data_center.client.get_page_comments(id, location="inline")["results"]
    assert found["extensions"]["inlineProperties"] == {"markerRef": made.ref, "originalSelection": "fell to"}
    assert data_center.call("GET", "/rest/api/user/current")["userKey"] == data_center.me.id


def test_a_page_can_move_but_not_below_itself(data_center: Spoken) -> None:
    above, below = create(data_center, "Quarter"), create(data_center)
    data_center.site.update_page(below, Draft("Week 47", BODY, above), 2, "someone")
    assert [one.title for one in data_center.site.children(above)] == ["Week 47"]
    wrong = {"type": "page", "title": "Quarter", "ancestors": [{"id": below}], "version": {"number": 2}}
    data_center.call("PUT", f"/rest/api/content/{above}", 400, json=wrong)


def test_a_wrong_token_is_refused(data_center: Spoken) -> None:
    data_center.http.headers["Authorization"] = "Bearer wrong"
    data_center.call("GET", "/rest/api/content", 401)
