"""`plumbline promote` and `plumbline untag`: what the sandbox's issues carry afterwards."""

import contextlib
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from plugin.admin.modes import Untagging
from plugin.cli import main
from plugin.configuration.modes import Extent, ModeError, in_shadow, otherwise, with_mode
from plugin.domain.product import Configuration
from plugin.sandbox.jira.values import Dialect, Issue, RemoteLink
from plugin.store import configurations, verdicts
from plugin.store.tables import change
from tests.house import FLAG, OBJECTIVE, TAG, House, configuration, environment, housed

SAID = ("a test", "because")


@pytest.fixture(params=["cloud", "data center"])
def house(database: str, request: pytest.FixtureRequest) -> Iterator[House]:
    dialect: Dialect = request.param
    with housed(database, dialect) as found:
        for project in ("CHK", "WAL"):
            found.sandbox.jira.add_component(project, "Wallet")
        found.apply(configuration("CHK, WAL"))
        yield found


def run(house: House, *words: str) -> Result:
    env = {**environment(house.sandbox, house.app.database_url), "USER": "Ada"}
    return CliRunner().invoke(main, [*words], env=env)


def tagged(house: House, project: str = "CHK", number: int = 3) -> list[Issue]:
    """Issues with a tag or a flag of ours, and a label of theirs."""
    issues = []
    for at in range(number):
        components = ["Wallet"] if at % 2 else []
        made = house.sandbox.jira.create_issue(project, f"{at}", labels=["theirs"], components=components)
        issues.append(made)
    house.sweep()
    house.write_until_done()
    assert all(house.labels(one.key) & {TAG, FLAG} for one in issues)
    return issues


def untag(house: House, extent: Extent | None = None) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    left = Untagging(house.app.around, "a test", lambda _: None).run(
        extent or Extent(), SAID, lambda done, of: told.append((done, of))
    )
    assert left.issues == 0, left
    return told


def carries(house: House, issue: Issue) -> tuple[set[str], bool, int]:
    """Labels, whether the property is there at all, and how many remote links."""
    now = house.sandbox.jira.issue(issue.key)
    return set(now.labels), "plumbline" in now.properties, len(now.remote_links)


def test_promotion_tags_and_coming_back_writes_nothing_more(house: House) -> None:
    house.apply(configuration("CHK, WAL", mode="shadow"))
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    house.write()
    assert house.labels(issue.key) == set()
    found = run(house, "promote", "--project", "CHK", "--to", "tag")
    assert found.exit_code == 0, found.output
    house.digest()
    house.write()
    assert house.labels(issue.key) == {TAG}
    with house.app.engine.connect() as connection:
        newest = configurations.history(connection)[0]
    assert (newest.who, newest.why) == ("Ada", "project CHK to tag")
    assert run(house, "promote", "--project", "CHK", "--to", "shadow").exit_code == 0
    house.sandbox.jira.edit_issue(issue.key, components=[])
    house.sweep()
    house.write()
    assert house.labels(issue.key) == {TAG}


@pytest.mark.parametrize(
    ("extent", "promoted"),
    [(("--site",), {"CHK", "WAL"}), (("--product", "acme-pay"), {"CHK", "WAL"}), (("--project", "WAL"), {"WAL"})],
)
def test_what_is_promoted_is_tagged_and_what_stays_in_shadow_is_only_computed(
    house: House, extent: tuple[str, ...], promoted: set[str]
) -> None:
    house.apply(configuration("CHK, WAL", mode="shadow"))
    jira = house.sandbox.jira
    issues = {key: jira.create_issue(key, "Pay by wallet", components=["Wallet"]) for key in ("CHK", "WAL")}
    house.sweep()
    house.write()
    wrote = house.calls("PUT") + house.calls("DELETE")
    assert wrote == 0
    assert run(house, "promote", *extent, "--to", "tag").exit_code == 0
    house.digest()
    house.write_until_done()
    assert {key for key, one in issues.items() if house.labels(one.key) == {TAG}} == promoted
    with house.app.engine.connect() as connection:
        known = verdicts.of(connection, [one.id for one in issues.values()])
    assert {one.objective for one in known.values()} == {OBJECTIVE}, "shadow computes what it does not write"


def test_a_project_in_shadow_keeps_its_mode_when_its_product_is_promoted(house: House) -> None:
    house.apply(configuration("CHK, WAL", mode="shadow"))
    jira = house.sandbox.jira
    chk, wal = (jira.create_issue(key, "Pay by wallet", components=["Wallet"]) for key in ("CHK", "WAL"))
    assert run(house, "promote", "--project", "WAL", "--to", "shadow").exit_code == 0
    found = run(house, "promote", "--product", "acme-pay", "--to", "tag")
    assert "project WAL stays in shadow, by its own setting" in found.output
    house.sweep()
    house.write_until_done()
    assert (house.labels(chk.key), house.labels(wal.key)) == ({TAG}, set())


def test_what_was_planned_before_shadow_is_not_written_after_it(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.sweep()
    assert run(house, "promote", "--site", "--to", "shadow").exit_code == 0
    house.write()
    assert house.labels(issue.key) == set()


@pytest.mark.parametrize(
    "words",
    [("--to", "tag"), ("--site", "--project", "CHK", "--to", "tag"), ("--site",), ("--project", "NIX", "--to", "tag")],
)
def test_what_cannot_be_meant_is_refused(house: House, words: tuple[str, ...]) -> None:
    found = run(house, "promote", *words)
    assert found.exit_code == 2
    with house.app.engine.connect() as connection:
        assert configurations.active_version(connection) == 1


def test_the_same_again_makes_no_version(house: House) -> None:
    found = run(house, "promote", "--site", "--to", "tag")
    assert "nothing changed" in found.output
    assert found.exit_code == 0


def test_untagging_leaves_nothing_of_ours_and_all_of_theirs(house: House) -> None:
    issues = tagged(house)
    own = house.sandbox.jira.create_issue("CHK", "Tagged by Ada", labels=[TAG], components=["Wallet"])
    house.sandbox.jira.put_remote_link(own.key, their_link())
    house.sweep()
    house.digest()
    house.write_until_done()
    told = untag(house)
    assert told[-1] == (4, 4)
    for one in issues:
        assert carries(house, one) == ({"theirs"}, False, 0)
    assert carries(house, own) == ({TAG}, False, 1)


def their_link() -> RemoteLink:
    return RemoteLink(0, "theirs", {"url": "https://other.example", "title": "Theirs"}, {})


def test_nothing_is_put_back(house: House) -> None:
    (issue, *_) = tagged(house)
    untag(house)
    house.digest()
    house.sandbox.jira.edit_issue(issue.key, components=["Wallet"])
    house.sweep()
    house.write_until_done()
    assert carries(house, issue) == ({"theirs"}, False, 0)


def test_a_second_untagging_asks_jira_for_nothing(house: House) -> None:
    tagged(house)
    untag(house)
    asked = len(house.sandbox.faults.requests)
    assert untag(house) == [(0, 0)]
    assert len(house.sandbox.faults.requests) == asked


def test_killed_halfway_it_finishes_when_run_again(house: House) -> None:
    issues = tagged(house, number=6)

    class KilledError(BaseException):
        pass

    edits = iter(range(100))
    jira = house.app.jira
    erase = jira.remove_provenance

    def dying(issue_id: str) -> None:
        if next(edits) == 3:
            raise KilledError
        erase(issue_id)

    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KilledError):
        patch.setattr(jira, "remove_provenance", dying)
        Untagging(house.app.around, "killed", lambda _: None).run(Extent(), SAID, lambda done, of: None)
    halfway = [carries(house, one) == ({"theirs"}, False, 0) for one in issues]
    assert True in halfway
    assert False in halfway
    release_leases(house)
    untag(house)
    assert all(carries(house, one) == ({"theirs"}, False, 0) for one in issues)


def test_workers_finish_what_was_begun_though_they_align_meanwhile(house: House) -> None:
    issues = tagged(house)
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(house.app.jira, "remove_link", interrupted)
        Untagging(house.app.around, "killed", lambda _: None).run(Extent(), SAID, lambda done, of: None)
    release_leases(house)
    house.digest()
    house.write_until_done()
    assert all(carries(house, one) == ({"theirs"}, False, 0) for one in issues)


def interrupted(issue_id: str) -> None:
    raise KeyboardInterrupt


def test_a_label_that_somebody_set_while_we_did_stays(house: House) -> None:
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", components=["Wallet"])
    house.listen()
    house.sweep()
    house.sandbox.jira.label(issue.key, add=[TAG], by="Ada Novak")
    assert house.sandbox.sender.drained(30)
    house.write()
    house.digest()
    untag(house)
    assert carries(house, issue) == ({TAG}, False, 0)


def release_leases(house: House) -> None:
    """As time does."""
    with house.app.engine.begin() as connection:
        connection.execute(update(change).values(owner=None, lease_until=None))


def test_only_the_project_that_is_named(house: House) -> None:
    (chk, *_), (wal, *_) = tagged(house, "CHK", 1), tagged(house, "WAL", 1)
    untag(house, Extent(project="WAL"))
    assert carries(house, wal) == ({"theirs"}, False, 0)
    assert carries(house, chk) == ({"theirs", FLAG}, True, 1)
    house.digest()
    house.write_until_done()
    assert carries(house, wal) == ({"theirs"}, False, 0)


def test_a_whole_product(house: House) -> None:
    issues = tagged(house)
    untag(house, Extent(product="acme-pay"))
    assert all(carries(house, one) == ({"theirs"}, False, 0) for one in issues)


def test_a_label_whose_answer_was_lost_goes_too(house: House) -> None:
    """The write took effect, nobody told us so, and then shadow came before the retry."""
    issue = house.sandbox.jira.create_issue("CHK", "Pay by wallet", labels=["theirs"], components=["Wallet"])
    house.sweep()
    house.lose_the_answer("PUT", "/issue/")
    for _ in range(3):
        house.lose_the_answer("POST", "/remotelink")
    house.write()
    assert house.labels(issue.key) == {"theirs", TAG}
    untag(house)
    assert carries(house, issue) == ({"theirs"}, False, 0)


def test_a_deleted_issue_is_left_out(house: House) -> None:
    (gone, *_) = issues = tagged(house)
    house.sandbox.jira.delete_issue(gone.key)
    untag(house)
    assert all(carries(house, one) == ({"theirs"}, False, 0) for one in issues[1:])


def test_what_jira_refuses_is_said_and_can_be_run_again(house: House) -> None:
    tagged(house)
    house.sandbox.jira.catalogue.people = {
        id: one for id, one in house.sandbox.jira.catalogue.people.items() if not one.app
    }
    left = run(house, "untag", "--yes")
    assert left.exit_code == 2
    assert "token" in left.output


def test_a_property_without_a_label_goes_too(house: House) -> None:
    (issue, *_) = tagged(house)
    house.sandbox.jira.label(issue.key, remove=[FLAG])
    untag(house)
    assert carries(house, issue) == ({"theirs"}, False, 0)


def test_it_asks_before_it_begins(house: House) -> None:
    (issue, *_) = tagged(house)
    assert run(house, "untag").exit_code == 1
    assert FLAG in house.labels(issue.key)
    assert run(house, "untag", "--yes").exit_code == 0
    assert carries(house, issue) == ({"theirs"}, False, 0)


def modes(one: Configuration) -> tuple[str, str | None, dict[str, str]]:
    (product,) = one.products
    return one.site.mode, product.product.mode, dict(product.project_modes)


def test_modes_are_set_where_they_are_named_and_silenced_below() -> None:
    given = configuration("CHK, WAL", mode="shadow")
    chk = with_mode(given, Extent(project="CHK"), "tag")
    assert modes(chk) == ("shadow", None, {"CHK": "tag"})
    product = with_mode(chk, Extent(product="acme-pay"), "shadow")
    assert modes(product) == ("shadow", "shadow", {"CHK": "tag"})
    assert otherwise(product, Extent(product="acme-pay"), "shadow") == ["project CHK stays in tag, by its own setting"]
    assert modes(in_shadow(chk, Extent(product="acme-pay"))) == ("shadow", "shadow", {"CHK": "shadow"})
    assert modes(in_shadow(with_mode(chk, Extent(), "tag"), Extent())) == ("shadow", None, {"CHK": "shadow"})
    with pytest.raises(ModeError, match="CHK, WAL"):
        with_mode(given, Extent(project="NIX"), "tag")
    assert modes(with_mode(given, Extent(product="acme-pay", project="NIX"), "tag"))[2] == {"NIX": "tag"}
    with pytest.raises(ModeError, match="acme-pay"):
        with_mode(given, Extent(product="nix"), "tag")
