"""The sandbox's Confluence Cloud, over HTTP, by the library's calls and by the documented ones that it lacks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests
from requests import HTTPError

from plugin.sandbox.confluence.values import Draft
from tests.sandbox.confluence_sites import Spoken

BODY = "<h2>Metrics</h2><p>Checkout conversion fell to 62.1&nbsp;%.</p>"


def create(cloud: Spoken, title: str = "Week 47", body: str = BODY) -> str:
    made = cloud.client.create_page(cloud.space_id, title, body, representation="storage")
    return str(made["id"])


@contextmanager
def refused(status: int, words: str) -> Iterator[None]:
    """The call inside has to be refused so; the library keeps the answer but loses its words."""
    with pytest.raises(HTTPError) as error:
        yield
    [told] = error.value.response.json()["errors"]
    assert (error.value.response.status_code, told["status"]) == (status, status)
    assert words in told["title"]


def test_a_page_reads_back_as_it_was_written(cloud: Spoken) -> None:
    id = create(cloud)
    read = cloud.client.get_page_by_id(id, body_format="storage")
    assert (read["title"], read["version"]["number"], read["status"]) == ("Week 47", 1, "current")
    assert read["body"]["storage"]["value"] == BODY
    assert read["parentId"] == cloud.site.space("PROD").homepage
    assert cloud.http.get(cloud.base + read["_links"]["webui"], timeout=10).status_code == 200


def test_an_update_needs_the_next_version(cloud: Spoken) -> None:
    id = create(cloud)
    written = {"status": "current", "representation": "storage"}
    cloud.client.update_page(id, "Week 47", "<p>two</p>", version=1, **written)
    with refused(409, "Current Version: [2]. Provided version: [2]"):
        cloud.client.update_page(id, "Week 47", "<p>late</p>", version=1, **written)
    page = cloud.site.page(id)
    assert [one.body for one in page.versions] == [BODY, "<p>two</p>"]
    assert page.latest.message == "Updated via Python API"


def test_an_old_version_can_be_read(cloud: Spoken) -> None:
    id = create(cloud)
    cloud.site.update_page(id, Draft("Week 47", "<p>two</p>"), 2, "someone")
    old = cloud.call("GET", f"/api/v2/pages/{id}", params={"version": 1, "body-format": "storage"})
    assert (old["status"], old["body"]["storage"]["value"]) == ("historical", BODY)
    listed = cloud.call("GET", f"/api/v2/pages/{id}/versions")["results"]
    assert [one["number"] for one in listed] == [2, 1]


def test_a_title_is_unique_in_its_space(cloud: Spoken) -> None:
    create(cloud)
    with refused(400, "A page already exists"):
        create(cloud, "WEEK 47")
    other = create(cloud, "Week 48")
    with refused(409, "A page already exists"):
        cloud.client.update_page(other, "Week 47", BODY, version=1, status="current", representation="storage")


@pytest.mark.parametrize("body", ["<p>open", "<p>&unheard;</p>", "<!DOCTYPE x [<!ENTITY a 'b'>]><p>&a;</p>", "a < b"])
def test_a_body_that_is_no_storage_format_is_refused(cloud: Spoken, body: str) -> None:
    with refused(400, "Error parsing xhtml"):
        create(cloud, body=body)
    assert [one.title for one in cloud.site.list_pages()] == ["Product"]


def test_a_trashed_page_says_so_and_frees_its_title(cloud: Spoken) -> None:
    id = create(cloud)
    cloud.client.delete_page(id)
    assert cloud.call("GET", f"/api/v2/pages/{id}")["status"] == "trashed"
    assert cloud.call("GET", "/api/v2/pages", params={"title": "Week 47", "status": "current"})["results"] == []
    assert create(cloud) != id
    cloud.call("DELETE", f"/api/v2/pages/{id}", 204, params={"purge": "true"})
    cloud.call("GET", f"/api/v2/pages/{id}", 404)


def test_an_archived_page_keeps_its_title_and_cannot_be_written(cloud: Spoken) -> None:
    id = create(cloud)
    cloud.site.set_status(id, "archived")
    with refused(400, "A page already exists"):
        create(cloud)
    with refused(404, "No content found"):
        cloud.client.update_page(id, "Week 47", BODY, version=1, status="current", representation="storage")


def test_lists_come_in_parts_that_the_cursor_joins(cloud: Spoken) -> None:
    titles = [f"Week {number}" for number in range(1, 8)]
    for title in titles:
        create(cloud, title)
    first = cloud.call("GET", "/api/v2/pages", params={"space-id": cloud.space_id, "limit": 3})
    assert len(first["results"]) == 3
    assert first["_links"]["next"].startswith("/wiki/api/v2/pages?")
    every = cloud.client.get_pages(cloud.space_id, body_format="storage", limit=3)
    assert [one["title"] for one in every] == ["Product", *titles]
    cloud.call("GET", "/api/v2/pages", 400, params={"cursor": "made-up"})


def test_a_property_has_a_version_of_its_own(cloud: Spoken) -> None:
    id = create(cloud)
    made = cloud.client.create_page_property(id, "plumbline", {"key": "acme-pay/2026-W47"})
    path = f"/api/v2/pages/{id}/properties"
    cloud.call("POST", path, 400, json={"key": "plumbline", "value": 1})
    new = {"key": "plumbline", "value": {"key": "other"}, "version": {"number": 2}}
    cloud.call("PUT", f"{path}/{made['id']}", json=new)
    cloud.call("PUT", f"{path}/{made['id']}", 409, json=new)
    assert cloud.call("GET", path, params={"key": "plumbline"})["results"][0]["value"] == {"key": "other"}
    assert cloud.site.page(id).latest.number == 1
    cloud.call("DELETE", f"{path}/{made['id']}", 204)
    assert cloud.call("GET", path)["results"] == []


def test_pages_are_found_by_label_and_by_space(cloud: Spoken) -> None:
    id = create(cloud)
    create(cloud, "Week 48")
    sent = [{"prefix": "global", "name": "plumbline"}]
    cloud.call("POST", f"/rest/api/content/{id}/label", json=sent)
    cloud.call("POST", f"/rest/api/content/{id}/label", json=sent)
    [label] = cloud.client.get_page_labels(id)
    assert label["name"] == "plumbline"
    assert [one["id"] for one in cloud.call("GET", f"/api/v2/labels/{label['id']}/pages")["results"]] == [id]
    cql = 'type = page and space = "PROD" and label in ("plumbline", "other") order by created'
    assert [one["id"] for one in cloud.call("GET", "/rest/api/content/search", params={"cql": cql})["results"]] == [id]
    assert cloud.call("GET", "/rest/api/content/search", 400, params={"cql": "creator = me"})["message"]
    [space] = cloud.client.get_spaces(keys=["PROD"])
    assert space["id"] == cloud.space_id


def test_a_file_gets_versions_and_is_served(cloud: Spoken) -> None:
    id = create(cloud)
    path = f"/rest/api/content/{id}/child/attachment"
    guard = {"X-Atlassian-Token": "nocheck"}
    for content in (b"first", b"second"):
        file = {"file": ("load.png", content, "image/png"), "minorEdit": (None, "true")}
        cloud.call("PUT", path, files=file, headers=guard)
    cloud.call("POST", path, 400, files={"file": ("load.png", b"x"), "minorEdit": (None, "true")}, headers=guard)
    cloud.call("PUT", path, 403, files={"file": ("load.png", b"x"), "minorEdit": (None, "true")})
    [found] = cloud.call("GET", path, params={"filename": "load.png"})["results"]
    assert found["version"]["number"] == 2
    assert cloud.http.get(cloud.base + found["_links"]["download"], timeout=10).content == b"second"
    assert [one.content for one in cloud.site.attachments[found["id"]].versions] == [b"first", b"second"]


def test_a_comment_loses_its_place_when_its_marker_is_not_written_back(cloud: Spoken) -> None:
    id = create(cloud)
    selection = {"textSelection": "fell to", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    words = {"representation": "storage", "value": "<p>Why?</p>"}
    sent = {"pageId": id, "body": words, "inlineCommentProperties": selection}
    made = cloud.call("POST", "/api/v2/inline-comments", 201, json=sent)
    ref = made["properties"]["inlineMarkerRef"]
    page = cloud.site.page(id).latest
    marked = f'<ac:inline-comment-marker ac:ref="{ref}">fell to</ac:inline-comment-marker>'
    assert (page.number, marked in page.body) == (1, True)

    cloud.site.update_page(id, Draft("Week 47", page.body.replace("Metrics", "Numbers")), 2, "someone")
    assert cloud.client.get_page_inline_comments(id)[0]["resolutionStatus"] == "open"
    cloud.site.update_page(id, Draft("Week 47", BODY), 3, "someone")
    assert cloud.client.get_page_inline_comments(id)[0]["resolutionStatus"] == "dangling"


def test_a_restricted_page_is_not_there_for_others(cloud: Spoken) -> None:
    id = create(cloud)
    cloud.site.restrict(id, ["someone-else"])
    cloud.call("GET", f"/api/v2/pages/{id}", 404)
    assert [one["title"] for one in cloud.client.get_pages(cloud.space_id, body_format="storage")] == ["Product"]


def test_bad_credentials_are_refused(cloud: Spoken) -> None:
    cloud.http.auth = (cloud.me.email, "wrong")
    assert cloud.call("GET", "/api/v2/spaces", 401)["errors"][0]["code"] == "UNAUTHORIZED"


def test_of_many_writers_of_one_version_one_wins(cloud: Spoken) -> None:
    id = create(cloud)

    def write(number: int) -> int:
        body = {"representation": "storage", "value": f"<p>{number}</p>"}
        sent = {"id": id, "status": "current", "title": "Week 47", "body": body, "version": {"number": 2}}
        auth = (cloud.me.email, cloud.me.token)
        return requests.put(f"{cloud.base}/api/v2/pages/{id}", json=sent, auth=auth, timeout=10).status_code

    with ThreadPoolExecutor(8) as writers:
        answers = sorted(writers.map(write, range(16)))
    assert answers == [200] + [409] * 15
    assert [one.number for one in cloud.site.page(id).versions] == [1, 2]
