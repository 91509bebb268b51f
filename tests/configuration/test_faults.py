"""What an admin may not write is refused, with the line and what would be allowed."""

from pathlib import Path

import pytest

from plugin.configuration import ConfigurationFaults, load
from tests.configuration.folder import PRODUCT, SITE, TODAY, report, with_line, written

SITE_FAULTS = {
    "unknown key": ("time_zone", "timezone", "site.yaml:1: 'timezone' is not known; did you mean 'time_zone'?"),
    "zone": ("Europe/Dublin", "Europe/Dublyn", "site.yaml:1: time_zone: 'Europe/Dublyn' is not a time zone"),
    "missing": ("{space: PROD}", "{}", "site.yaml:2: 'space' is missing in review"),
    "publish": (
        "{space: PROD}",
        "{space: PROD, publish: monday 8am}",
        "review › publish: 'monday 8am' is not a day and",
    ),
    "mode": ("review:", "mode: tags\nreview:", "site.yaml:2: mode: 'tags' is not allowed; did you mean 'tag'?"),
    "grace": ("review:", "grace: {new: soon}\nreview:", "grace › new: 'soon' is not a length of time; write"),
    "until": ("review:", "grace: {until: closed}\nreview:", "'closed' is not allowed; allowed: in progress, done"),
    "invisible": ("review:", 'tag: {unlinked_label: "no\\u200bgoal"}\nreview:', "'no\\u200bgoal' cannot be part of"),
    "prefix": ("review:", "tag: {label_prefix: My Tag}\nreview:", "'My Tag' cannot be part of a Jira label"),
    "unlinked": ("review:", "tag: {label_prefix: no-}\nreview:", "tag: unlinked_label 'no-objective' begins with"),
    "date": ("review:", "holidays: [2026-02-30]\nreview:", "holidays › number 1: '2026-02-30' is not a date"),
    "budget": (
        "review:",
        "exempt: [{id: a, when: type = Bug, budget: 20}]\nreview:",
        "exempt › a › budget: 20 is not a share; write 0% to 100%",
    ),
    "year": ("review:", "year_starts: 04-05\nreview:", "'04-05' is not the first day of a month"),
    "list": ("review:", "working_days: mon\nreview:", "working_days: the text 'mon' stands where a list must be"),
    "address": ("review:", "public_url: plumbline\nreview:", "public_url: 'plumbline' is not an address"),
    "tab": ("review: {", "review:\n\t{", "site.yaml:3: there is a tab; YAML is indented with spaces"),
    "duplicate": ("review:", "time_zone: UTC\nreview:", "site.yaml:2: 'time_zone' is there twice, first on line 1"),
    "tag": ("{space: PROD}", "!!python/object/apply:os.system [id]", "site.yaml:2: the tag "),
    "alias": ("review: {space: PROD}", "review: &a {space: PROD}\ntag: *a", "site.yaml:3: an alias ('*…') is not"),
    "two documents": ("review:", "---\nreview:", "there is a second document after '---'"),
    "brackets": ("{space: PROD}", "{space: PROD", "this is not YAML"),
}
PRODUCT_FAULTS = {
    "stream": (
        "stream: checkout",
        "stream: chekout",
        "acme.yaml:12: objectives › checkout-2026q4-1 › stream: there is no stream 'chekout'; did you mean",
    ),
    "goal": ("goal: g1", "goal: g2", "goal: there is no goal 'g2'; allowed: g1"),
    "metric": ("metric: conversion", "metric: wallet", "metric: there is no metric 'wallet'"),
    "rule's objective": (
        "objective: checkout-2026q4-1",
        "objective: x",
        "objective: there is no objective",
    ),
    "driven metric": (
        "drives: conversion",
        "drives: wallets",
        "drives: there is no outcome metric 'wallets'",
    ),
    "goal's outcome": ("outcome: conversion", "outcome: wallets", "outcome: there is no outcome metric"),
    "quarter": (
        "2026-Q4",
        "Q4 2026",
        "acme.yaml:14: objectives › checkout-2026q4-1 › quarter: 'Q4 2026' is not a quarter",
    ),
    "share": ("40%", "40", "planned_share: 40 is not a share; write 0% to 100%, such as 40%"),
    "id": ("- id: checkout-2026q4-1", "- id: Checkout 1", "objectives › Checkout 1 › id: 'Checkout 1' is not an id"),
    "number": ("baseline: 61", "baseline: high", "baseline: the text 'high' stands where a number must be"),
    "text": (
        "name: Acme Pay",
        "name: 2026",
        "product › name: the number 2026 stands where text must be; put it in quotes",
    ),
    "project": ("projects: [CHK]", "projects: [chk]", "'chk' is not a project key; write capital letters"),
    "project twice": ("projects: [CHK]", "projects: [CHK, CHK]", "acme.yaml:9: project 'CHK' is in two streams"),
    "priority": (
        "{id: wallet-work,",
        "{id: wallet-work, prioritty: 1,",
        "'prioritty' is not known in rules › wallet-work",
    ),
    "ended": ("2026-Q4", "2026-Q4\n    ended: 2027-01-02", "ended: 2027-01-02 is outside of its quarter"),
    "certified": (
        "kind: outcome}",
        "kind: outcome, certified: {by: A, on: 2027-01-01}}",
        "2027-01-01 lies in the future",
    ),
    "nothing": ("rules:\n", "rules:\nexempt:\n", "acme.yaml:18: rules: nothing stands where a list must be"),
    "outside scope": (
        "'project = CHK AND component = Wallet'",
        "project = RISK",
        "'wallet-work' can never match: RISK is outside of the product's scope; the scope holds CHK, WAL",
    ),
    "contradiction": (
        "'project = CHK AND component = Wallet'",
        "project = CHK AND project = WAL",
        "acme.yaml:19: 'wallet-work' can never match: an issue has one project",
    ),
}
SECOND_OBJECTIVE = """\
  - {id: b, stream: checkout, quarter: 2026-Q4, title: Other, planned_share: 61%}
rules:
"""


@pytest.mark.parametrize("case", SITE_FAULTS)
def test_a_fault_of_the_site_is_named_with_its_line(tmp_path: Path, case: str) -> None:
    old, new, expected = SITE_FAULTS[case]
    found = report(tmp_path, with_line(SITE, old, new))
    assert [one for one in found if expected in one], found


@pytest.mark.parametrize("case", PRODUCT_FAULTS)
def test_a_fault_of_a_product_is_named_with_its_line(tmp_path: Path, case: str) -> None:
    old, new, expected = PRODUCT_FAULTS[case]
    found = report(tmp_path, acme=with_line(PRODUCT, old, new))
    assert [one for one in found if expected in one], found


def test_shares_of_a_quarter_come_to_at_most_all(tmp_path: Path) -> None:
    found = report(tmp_path, acme=with_line(PRODUCT, "rules:\n", SECOND_OBJECTIVE))
    assert found == [
        "acme.yaml:18: planned shares of 2026-Q4 come to 101% (checkout-2026q4-1 40%, b 61%); at most 100%"
    ]


def test_the_share_of_an_objective_that_ended_is_free_again(tmp_path: Path) -> None:
    ended = with_line(PRODUCT, "2026-Q4", "2026-Q4\n    ended: 2026-11-01")
    assert report(tmp_path, acme=with_line(ended, "rules:\n", SECOND_OBJECTIVE)) == []


def test_quarters_given_as_dates_must_not_overlap(tmp_path: Path) -> None:
    other = SECOND_OBJECTIVE.replace("2026-Q4", "2026-12-31..2027-03-30")
    [found] = report(tmp_path, acme=with_line(PRODUCT, "rules:\n", other))
    assert found.startswith(
        "acme.yaml:18: quarter 2026-12-31..2027-03-30 overlaps 2026-Q4 of objective 'checkout-2026q4-1'"
    )


def test_a_condition_that_does_not_parse_shows_the_place(tmp_path: Path) -> None:
    text = with_line(PRODUCT, "'project = CHK AND component = Wallet'", "'project = CHK AND component'")
    [found] = report(tmp_path, acme=text)
    first, quoted, caret, *_ = found.splitlines()
    assert first.startswith("acme.yaml:19: rules › wallet-work › when: ")
    assert "(line 1, character 28)" in first
    assert quoted == "  project = CHK AND component"
    assert caret.index("^") == len(quoted)


def test_a_condition_of_several_lines_is_named_by_its_own_line(tmp_path: Path) -> None:
    block = "|\n      project = CHK\n      AND component WAS Wallet\n    why: because"
    rule = "  - {id: wallet-work, objective: checkout-2026q4-1, when: 'project = CHK AND component = Wallet'}"
    text = with_line(PRODUCT, rule, f"  - id: wallet-work\n    objective: checkout-2026q4-1\n    when: {block}")
    [found] = report(tmp_path, acme=text)
    assert found.startswith("acme.yaml:23: rules › wallet-work › when: WAS cannot be decided")


def test_a_rule_behind_its_twin_can_never_be_reached(tmp_path: Path) -> None:
    twin = "  - {id: twin, priority: 200, objective: b, when: 'component = wallet and (project = CHK)'}\n"
    text = with_line(PRODUCT, "rules:\n", SECOND_OBJECTIVE.replace("61%", "10%")) + twin
    [found] = report(tmp_path, acme=text)
    assert found.startswith("acme.yaml:21: 'twin' can never be reached: rule 'wallet-work' has the same condition")


def test_the_same_rule_for_the_next_quarter_is_reached(tmp_path: Path) -> None:
    twin = "  - {id: twin, priority: 200, objective: b, when: 'project = CHK AND component = Wallet'}\n"
    text = with_line(PRODUCT, "rules:\n", SECOND_OBJECTIVE.replace("2026-Q4", "2027-Q1")) + twin
    assert report(tmp_path, acme=text) == []


def test_exempt_classes_share_one_set_of_names(tmp_path: Path) -> None:
    exempt = "exempt:\n  - {id: bugs, when: 'issuetype = Bug'}\n"
    [found] = report(tmp_path, SITE + exempt, acme=PRODUCT + exempt)
    assert found.startswith("acme.yaml:21: exempt class 'bugs' is there twice; the first is at ")
    assert "site.yaml:4; keep one" in found


def test_objectives_of_two_products_must_not_share_a_label(tmp_path: Path) -> None:
    other = PRODUCT.replace("acme-pay", "other").replace("CHK", "OTH")
    found = report(tmp_path, acme=PRODUCT, other=other)
    assert [one.partition(";")[0] for one in found] == ["other.yaml:11: objective 'checkout-2026q4-1' is there twice"]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """A fault of form hides neither the other files nor the meaning of the sound parts of its own file."""
    first = with_line(with_line(PRODUCT, "baseline: 61", "baseline: x"), "stream: checkout", "stream: nobody")
    second = with_line(PRODUCT, "    goal: g1\n", "   goal: g1\n")
    third = with_line(PRODUCT, "component = Wallet", "component ~~ Wallet")
    found = report(tmp_path, SITE + "mode: both\n", first=first, second=second, third=third.replace("acme-pay", "b"))
    assert len(found) >= 5
    for expected in (
        "site.yaml:3: mode",
        "first.yaml:17: ",
        "first.yaml:12: objectives › checkout-2026q4-1 › stream",
        "second.yaml:",
        "third.yaml:19: ",
    ):
        assert [one for one in found if expected in one], (expected, found)


def test_a_reference_to_an_unsound_part_is_no_second_fault(tmp_path: Path) -> None:
    found = report(tmp_path, acme=with_line(PRODUCT, "quarter: 2026-Q4", "quarter: now"))
    assert len(found) == 1


def test_a_wrong_value_is_not_called_missing_too(tmp_path: Path) -> None:
    assert len(report(tmp_path, acme=with_line(PRODUCT, "name: Acme Pay", "name: [1]"))) == 1


def test_files_that_would_not_be_read_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "products" / "acme.yaml").rename(folder / "products" / "acme.yml")
    with pytest.raises(ConfigurationFaults) as caught:
        load(folder, TODAY)
    assert "rename it to acme.yaml" in str(caught.value)
    assert "there is no product" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# nothing\n",
        b"just words",
        b"- a\n- b\n",
        b"\xff\xfe",
        b"a: \x00",
        b"[" * 3000,
        b"a: {" * 30 + b"}" * 30,
        b"a: &x [*x]\n",
        b"? [a]\n: b\n",
        b"<<: {a: 1}\n",
        b"review: {space: " + b"9" * 5000 + b"}\n",
        b"key: @x\n",
    ],
)
def test_no_file_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    folder = written(tmp_path)
    for name in ("site.yaml", "products/acme.yaml"):
        (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationFaults) as caught:
        load(folder, TODAY)
    assert {Path(one.file).name for one in caught.value.faults} == {"site.yaml", "acme.yaml"}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationFaults, match=r"site\.yaml:1: the file cannot be read: No such file"):
        load(tmp_path / "none", TODAY)
