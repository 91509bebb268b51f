"""The examination, from the address to the last delivery. What cannot be asked is said, and the rest goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from plugin.admin.webhook import Wanted
from plugin.atlassian.errors import DoorError
from plugin.atlassian.gateways import ConfluenceGateway
from plugin.doctor import jira as of_jira
from plugin.doctor.confluence import confluence
from plugin.doctor.finding import Finding, unknown, unwell
from plugin.doctor.house import house
from plugin.doctor.rules import NAME as FIELDS
from plugin.doctor.rules import field_map, fields
from plugin.domain.product import Configuration
from plugin.path.asking import Surroundings
from plugin.path.site import read_site
from plugin.settings import Settings
from plugin.store import configurations
from webhooks.inbox import Inbox


@dataclass(frozen=True)
class Patient:
    """Who is examined."""

    settings: Settings
    around: Surroundings
    confluence: ConfluenceGateway
    inbox: Inbox


def examine(patient: Patient, issue: str | None = None) -> Iterator[Finding]:
    """`issue` names one on which the property may be tried. Each finding is told as soon as it is found."""
    active = None
    try:
        yield from house(patient.around.engine, patient.inbox, patient.around.clock())
        with patient.around.engine.connect() as connection:
            active = configurations.active(connection)
    except SQLAlchemyError:
        yield unwell(
            "database", "it does not answer", "start `plumbline up`, or look at PLUMBLINE_DATABASE_URL and its server"
        )
    yield from _jira(patient, active, issue)
    if active is None:
        yield unknown("space", "no configuration is in force that names it", "run `plumbline apply`")
    else:
        yield from confluence(patient.confluence, active.site.review)


def _jira(patient: Patient, active: Configuration | None, issue: str | None) -> Iterator[Finding]:
    jira, clock = patient.around.jira, patient.around.clock
    try:
        yield from of_jira.address(jira, clock)
    except DoorError as error:
        yield unwell("jira address", str(error), "look at PLUMBLINE_JIRA_URL, and whether Jira is up")
        return
    try:
        yield from of_jira.token(jira, clock())
    except DoorError as error:
        yield unwell("token", str(error), "set PLUMBLINE_JIRA_TOKEN (and on Cloud PLUMBLINE_JIRA_EMAIL)")
        return
    yield from _site(patient, active)
    if active is None:
        yield unknown(FIELDS, "no configuration is in force whose rules could be held against the site")
    else:
        yield from _configured(patient, active)
    yield from of_jira.webhook(jira, _wanted(patient, active), _newest(patient), clock())
    if issue is None:
        yield unknown("property", "not tried: it takes an edit", "name an issue for it: `plumbline doctor --issue KEY`")
    else:
        yield of_jira.property_in_one_write(jira, issue, clock())


def _configured(patient: Patient, active: Configuration) -> Iterator[Finding]:
    jira = patient.around.jira
    try:
        yield from of_jira.permissions(jira, projects_of(active))
    except DoorError as error:
        yield unknown("permissions", str(error))


def _site(patient: Patient, active: Configuration | None) -> Iterator[Finding]:
    """Asked afresh, and kept for every process that compiles rules; also told where the database is gone."""
    around = patient.around
    try:
        try:
            found = read_site(around.engine, around.jira, around.clock())
        except SQLAlchemyError:
            found = around.jira.site([])
    except DoorError as error:
        yield unknown(FIELDS, str(error))
        return
    yield field_map(found)
    if active is not None:
        yield from fields(active, found)


def projects_of(active: Configuration) -> list[str]:
    """Every project that the configuration names."""
    named = {key for product in active.products for stream in product.streams for key in stream.projects}
    return sorted(named.union(*(product.project_modes for product in active.products)))


def _wanted(patient: Patient, active: Configuration | None) -> Wanted | None:
    settings = patient.settings
    if active is None or active.site.public_url is None:
        return None
    if not (settings.webhook_secrets or settings.webhook_url_token):
        return None
    return Wanted.of(settings, active.site.public_url)


def _newest(patient: Patient) -> datetime | None:
    try:
        return patient.inbox.newest()
    except SQLAlchemyError:
        return None
