"""Jira: who we are there, what we may, whether it tells us what happens, and whether its clock is ours."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from plugin.admin.webhook import Wanted, faults, ours
from plugin.atlassian.errors import DoorError, Permanent
from plugin.atlassian.gateways import JiraGateway
from plugin.doctor.finding import Finding, unknown, unwell, well

SKEW = timedelta(seconds=60)
_NEEDED = {"BROWSE_PROJECTS": "Browse projects", "EDIT_ISSUES": "Edit issues", "LINK_ISSUES": "Link issues"}
_EXPIRES_SOON = timedelta(days=14)
_UNSEEN = {"data center": " among those of rest/webhooks/1.0; Data Center's newer administration is not looked at"}
Clock = Callable[[], datetime]


def address(jira: JiraGateway, clock: Clock) -> Iterator[Finding]:
    """The site and its clock. Raises DoorError where it does not answer."""
    dialect = jira.dialect
    jira.server()  # connects, so that the next answer is one of its clock alone
    before = clock()
    server = jira.server()
    middle = before + (clock() - before) / 2
    yield well("jira address", f"{server.url} answers, {dialect}, version {server.version}")
    if server.time is None:
        yield unknown("clock", "the site does not tell its time")
        return
    apart = abs(server.time - middle)
    words = f"ours and Jira's are {apart.total_seconds():.0f} s apart"
    if apart > SKEW:
        yield unwell("clock", words, "let this machine keep its time by NTP; deadlines and reviews go by it")
    else:
        yield well("clock", words)


def token(jira: JiraGateway, now: datetime) -> Iterator[Finding]:
    """Raises DoorError where it is not accepted."""
    yield well("token", f"is accepted; we are {jira.myself()}")
    ends = jira.token_ends()
    if ends is None:
        words = "Jira does not tell when the token expires; tokens last a year at most"
        yield unknown("token expiry", words, "note the day that its owner sees where it was made")
    elif ends - now < _EXPIRES_SOON:
        yield unwell("token expiry", f"a token of our account expires on {ends:%Y-%m-%d}", "make a new one and set it")
    else:
        yield well("token expiry", f"no token of our account expires before {ends:%Y-%m-%d}")


def permissions(jira: JiraGateway, projects: Sequence[str]) -> Iterator[Finding]:
    """What the account may in each project of the configuration, and whether watchers get mail of our edits."""
    held: dict[str, frozenset[str]] = {}
    for project in projects:
        try:
            held[project] = frozenset(name for name, granted in jira.permissions(project).items() if granted)
        except Permanent as refused:
            yield unwell(f"project {project}", str(refused), "correct the key, or let our account browse the project")
    for key, name in _NEEDED.items():
        lacking = [project for project, granted in held.items() if key not in granted]
        if lacking:
            yield unwell(f"“{name}”", f"is not granted in {', '.join(lacking)}", "grant it to our account there")
        elif held:
            yield well(f"“{name}”", f"is granted in {', '.join(held)}")
    mailed = [project for project, granted in held.items() if not granted & {"ADMINISTER_PROJECTS", "ADMINISTER"}]
    if mailed:
        words = f"watchers in {', '.join(mailed)} get mail when a tag changes: only administrators may edit silently"
        yield well("mail", words, "to end that, grant “Administer projects” to our account there")
    elif held:
        yield well("mail", "our edits send no mail to watchers")


def webhook(jira: JiraGateway, wanted: Wanted | None, newest: datetime | None, now: datetime) -> Iterator[Finding]:
    """`newest` is when the last delivery came."""
    if wanted is None:
        words = "where Jira reaches us is not known, so it cannot be looked for"
        yield unknown("webhook", words, "set public_url in site.yaml and a secret, then `plumbline webhook status`")
    else:
        yield _registered(jira, wanted)
    yield _told(newest, now)


def _registered(jira: JiraGateway, wanted: Wanted) -> Finding:
    try:
        known = ours(jira.webhooks(), wanted)
    except DoorError as error:
        return unknown("webhook", str(error), "an administrator sees it under Settings › System › Webhooks")
    if known is None:
        return unwell(
            "webhook", f"it is not registered{_UNSEEN.get(jira.dialect, '')}", "run `plumbline webhook install`"
        )
    wrong = faults(known, wanted)
    if wrong:
        return unwell("webhook", "; ".join(wrong), "run `plumbline webhook install`")
    return well("webhook", f"“{known.name}” tells {wanted.shown}")


def _told(newest: datetime | None, now: datetime) -> Finding:
    if newest is None:
        return unwell(
            "last delivery",
            "none ever came",
            "change any issue; if none comes, see whether Jira reaches that address, and what /readyz says",
        )
    words = f"came {newest:%Y-%m-%d %H:%M} UTC"
    if now - newest > timedelta(days=1):
        return unknown("last delivery", words, "on a day with changes in Jira that would be too long ago")
    return well("last delivery", words)


def property_in_one_write(jira: JiraGateway, name: str, now: datetime) -> Finding:
    """Writes the property as a tag would, in one PUT without labels, reads it back, and restores what was there."""
    shown = "property"
    try:
        found = jira.read([name], ["updated"])
        if not found:
            return unwell(shown, f"Jira does not show the issue {name}", "name one that our account may edit")
        id = str(found[0]["id"])
        before = jira.provenance(id)
        mark = {**(before or {}), "doctor": now.isoformat()}
        try:
            jira.edit(id, [], [], mark)
            stands = jira.provenance(id) == mark
        finally:
            _restore(jira, id, before)
    except DoorError as error:
        return unwell(shown, str(error), f"look at {name} itself: its property `plumbline` may be the doctor's")
    if stands:
        return well(shown, f"travels with an edit of {name} and reads back; it is again as it was")
    return unwell(
        shown, f"an edit of {name} was taken, but its property did not read back", "tell us your Jira's version"
    )


def _restore(jira: JiraGateway, id: str, before: object) -> None:
    if isinstance(before, dict):
        jira.edit(id, [], [], before)
    else:
        jira.remove_provenance(id)
