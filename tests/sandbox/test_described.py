"""The middleware itself: what it lets pass, and what it fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from tests import described
from tests.described import FOLDER, Described, Ledger, correct, nothing_validated, summary
from tests.deviations import DEVIATIONS, Fault, Keyword

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=described.MISSING)


@pytest.fixture
def ledger() -> Ledger:
    """A ledger of the test's own, so that wanted violations do not fail it."""
    return Ledger()


def answering(ledger: Ledger, dialect: described.Dialect, status: int, body: object) -> Client:
    """A client of an application that always gives this answer."""

    @Request.application
    def app(_: Request) -> Response:
        return Response(json.dumps(body), status=status, content_type="application/json")

    return Client(Described(app, dialect, ledger))


def test_a_described_exchange_is_counted_and_passes(ledger: Ledger) -> None:
    client = answering(ledger, "cloud", 200, {"id": "1", "key": "CHK-1", "fields": {"summary": "x"}})
    assert client.get("/rest/api/3/issue/CHK-1?fields=summary").get_json()["id"] == "1"
    assert ledger.violations == []
    assert ledger.validated == {"jira-cloud-v3": 1}


@pytest.mark.parametrize(
    ("path", "status", "body", "words"),
    [
        ("/rest/api/3/no-such-thing", 200, {}, "it has no description"),
        ("/rest/api/3/issue/CHK-1?colour=red", 200, {"id": "1"}, "query parameter 'colour' is not described"),
        ("/rest/api/3/issue/CHK-1?updateHistory=maybe", 200, {"id": "1"}, "the request does not match"),
        ("/rest/api/3/issue/CHK-1", 200, {"id": 1}, "the answer does not match"),
        ("/rest/api/3/issue/CHK-1", 418, {}, "Unknown response http status: 418"),
        ("/wiki/api/v2/pages/12", 200, {"id": 12}, "the answer does not match"),
        ("/wiki/api/v3/pages", 200, {}, "it has no description"),
        ("/wiki/rest/api/content/12/label", 200, {"results": "none"}, "the answer does not match"),
    ],
)
def test_what_leaves_the_description_is_a_violation(
    ledger: Ledger, path: str, status: int, body: object, words: str
) -> None:
    answering(ledger, "cloud", status, body).get(path)
    assert any(words in line for line in ledger.violations), ledger.violations


def test_a_body_that_does_not_match_is_a_violation_unless_it_was_refused(ledger: Ledger) -> None:
    wrong = {"title": "no space named"}
    answering(ledger, "cloud", 400, {"errors": []}).post("/wiki/api/v2/pages", json=wrong)
    assert ledger.violations == []
    answering(ledger, "cloud", 200, {"id": "1"}).post("/wiki/api/v2/pages", json=wrong)
    assert any("'spaceId' is a required property" in line for line in ledger.violations), ledger.violations


@pytest.mark.parametrize(
    ("path", "description"),
    [
        ("/rest/api/2/issue/CHK-1", "jira-data-center-10.3"),
        ("/confluence/rest/api/content/12", "confluence-data-center-10.0"),
    ],
)
def test_data_center_paths_have_their_own_descriptions(ledger: Ledger, path: str, description: str) -> None:
    answering(ledger, "data center", 200, {}).get(path)
    assert ledger.validated == {description: 1}
    assert not any("no description" in line for line in ledger.violations)


def test_version_2_of_cloud_is_checked_against_version_3(ledger: Ledger) -> None:
    answering(ledger, "cloud", 200, {"versionNumbers": "ten"}).get("/rest/api/2/serverInfo")
    assert any("versionNumbers" in line for line in ledger.violations), ledger.violations


def test_an_exempt_path_and_pages_for_people_are_not_validated(ledger: Ledger) -> None:
    client = answering(ledger, "cloud", 200, {})
    client.get("/rest/webhooks/1.0/webhook")
    client.get("/wiki/spaces/PROD/pages/1")
    assert (ledger.exempt, ledger.pages, ledger.validated.total(), ledger.violations) == (1, 1, 0, [])


def test_the_application_still_reads_the_body(ledger: Ledger) -> None:
    @Request.application
    def echo(request: Request) -> Response:
        return Response(request.get_data(), content_type="application/json")

    answer = Client(Described(echo, "cloud", ledger)).post("/rest/api/3/issue/bulkfetch", json={"issueIdsOrKeys": []})
    assert answer.json == {"issueIdsOrKeys": []}


@pytest.mark.parametrize("deviation", [one for one in DEVIATIONS if isinstance(one, Fault)], ids=str)
def test_a_listed_fault_is_still_in_its_description(deviation: Fault) -> None:
    raw = json.loads((FOLDER / f"{deviation.description}.json").read_text("utf-8"))
    before = json.dumps(raw)
    correct(raw, deviation)
    assert json.dumps(raw) != before


@pytest.mark.parametrize("deviation", [one for one in DEVIATIONS if isinstance(one, Keyword)], ids=str)
def test_a_listed_keyword_is_still_in_its_description(deviation: Keyword) -> None:
    text = (FOLDER / f"{deviation.description}.json").read_text("utf-8")
    assert f'"{deviation.name}": {json.dumps(deviation.value)}' in json.dumps(json.loads(text))


def test_servers_without_a_validated_exchange_fail_the_run() -> None:
    ledger = Ledger(servers=1)
    assert nothing_validated(ledger)
    assert "FAILED" in summary(ledger)
    assert not nothing_validated(Ledger(servers=1, pages=1))
    ledger.record("jira-cloud-v3", ())
    assert not nothing_validated(ledger)
    assert "1 exchanges validated (jira-cloud-v3 1)" in summary(ledger)


def test_without_the_descriptions_the_application_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(described, "FOLDER", tmp_path / "nowhere")
    monkeypatch.setattr(described, "LEDGER", Ledger())
    app = Request.application(lambda _: Response("as it was"))
    assert described.wrap("cloud")(app) is app
    assert not nothing_validated(described.LEDGER)
    assert "not validated" in summary(described.LEDGER)


TWO_TESTS = """
from tests.described import LEDGER

def test_that_talks_wrongly():
    LEDGER.record("jira-cloud-v3", ["GET /rest/api/3/nothing: it has no description"])

def test_its_neighbour():
    pass
"""


def test_the_test_that_made_the_violation_fails_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text(TWO_TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.described", "-p", "no:cacheprovider", "-rA", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout
    assert "1 failed, 1 passed" in run.stdout
    assert "FAILED" in run.stdout.split("test_that_talks_wrongly - ")[0]
    assert "GET /rest/api/3/nothing: it has no description" in run.stdout
    assert "described: 1 exchanges validated (jira-cloud-v3 1)" in run.stdout


def test_the_processes_of_one_run_are_summed_up() -> None:
    ledger, one = Ledger(), Ledger(exempt=2, pages=1, servers=3)
    one.record("jira-cloud-v3", [])
    for told in (one.told(), one.told(), {}):
        ledger.add(told)
    assert (ledger.validated, ledger.exempt, ledger.pages, ledger.servers) == ({"jira-cloud-v3": 2}, 4, 2, 6)
