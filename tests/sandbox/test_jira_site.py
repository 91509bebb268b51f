"""What a client asks of a site before it reads an issue; the `jira` library's own calls among it."""

import requests
from jira import JIRA

from plugin.sandbox.serve import RunningSandbox
from tests.sandbox.asking import Asking


def test_a_site_says_what_it_is_to_anybody(any_sandbox: RunningSandbox) -> None:
    told = requests.get(f"{any_sandbox.url}/rest/api/2/serverInfo", timeout=5).json()
    assert told["deploymentType"] == ("Cloud" if any_sandbox.dialect == "cloud" else "Server")
    assert told["baseUrl"] == any_sandbox.url


def test_the_client_library_signs_in_searches_and_reads(any_sandbox: RunningSandbox) -> None:
    jira = any_sandbox.jira
    jira.create_issue("CHK", "Pay", labels=["a"])
    service = jira.catalogue.service
    if any_sandbox.dialect == "cloud":
        options = {"rest_api_version": "3"}
        client = JIRA(any_sandbox.url, options, basic_auth=(service.email, service.token), max_retries=0, timeout=5)
        found = client.enhanced_search_issues("labels = a", fields="summary")
        assert client.myself()["accountId"] == service.id
    else:
        client = JIRA(any_sandbox.url, token_auth=service.token, max_retries=0, timeout=5)
        found = client.search_issues("labels = a", fields="summary")
        assert client.myself()["key"] == service.id
    client.close()
    assert [(issue.key, issue.fields.summary) for issue in found] == [("CHK-1", "Pay")]


def test_permissions_are_those_of_the_account_in_the_project(any_sandbox: RunningSandbox) -> None:
    any_sandbox.jira.projects["WAL"].visible_to = frozenset()
    wanted = {"permissions": "EDIT_ISSUES,BROWSE_PROJECTS"} if any_sandbox.dialect == "cloud" else {}
    guest = Asking(any_sandbox, "Guest")

    def held(**place: str) -> dict[str, bool]:
        told = guest.read("mypermissions", **wanted, **place)["permissions"]
        return {key: told[key]["havePermission"] for key in ("EDIT_ISSUES", "BROWSE_PROJECTS")}

    assert held() == {"EDIT_ISSUES": False, "BROWSE_PROJECTS": True}
    assert held(projectKey="WAL") == {"EDIT_ISSUES": False, "BROWSE_PROJECTS": False}


def test_cloud_wants_permissions_named_and_known(sandbox: RunningSandbox) -> None:
    ask = Asking(sandbox)
    assert ask("GET", "mypermissions").status_code == 400
    assert ask("GET", "mypermissions", permissions="FLY").status_code == 400


def test_each_dialect_keeps_the_epic_elsewhere(any_sandbox: RunningSandbox) -> None:
    ids = {one["name"]: one["id"] for one in Asking(any_sandbox).read("field")}
    assert ("Parent" in ids) == (any_sandbox.dialect == "cloud")
    assert ids["Epic Link"].startswith("customfield_")
