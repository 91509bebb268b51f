"""Tells the sandbox the story of Acme Pay: three streams, two quarters, some four hundred issues, up to now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin.sandbox.confluence.state import ConfluenceSite
from plugin.sandbox.confluence.values import Draft
from plugin.sandbox.jira.fields import NewFields
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Person
from plugin.sandbox.story.calendar import ZONE
from plugin.sandbox.story.ideas import IDEAS, REMARKS, TIES
from plugin.sandbox.story.pages import PAGES
from plugin.sandbox.story.plan import Event, Issue, Plan, plan
from plugin.sandbox.story.teams import LEAD, TEAMS
from plugin.sandbox.story.teams_at_work import Cast, Idea, Tie

SPACE = "PROD"


@dataclass(frozen=True)
class Story:
    """What was told, and who goes on with it."""

    plan: Plan
    cast: Cast


def tell(jira: JiraSite, confluence: ConfluenceSite, now: datetime) -> Story:
    """Fills both sites with what happened until `now`. No webhook hears of it; the same day tells the same story."""
    told = plan(now.astimezone(ZONE).date())
    _prepare(jira)
    begun = [(told.time.at(one.created), one) for one in told.issues]
    happened: list[tuple[datetime, int, Issue | Event]] = [(at, 0, one) for at, one in begun]
    happened += [(one.at, 1, one) for one in told.events]
    with jira.lock:
        for at, _, one in sorted(happened, key=lambda entry: entry[:2]):
            if at <= now:
                _create(jira, one, at) if isinstance(one, Issue) else _happen(jira, one)
    write_pages(confluence, jira, PAGES)
    return Story(told, _cast(told))


def _cast(told: Plan) -> Cast:
    keys = {one.work.summary: one.key for one in told.issues}
    return Cast(
        people={team.project: team.people for team in TEAMS},
        board=("To Do", "In Progress", "In Review", "Released"),
        ends={"Task": "Done", "Sub-task": "Done"},
        ideas=tuple(Idea(project, work, told.epic(name) if name else None) for project, name, work in IDEAS),
        ties=tuple(Tie(keys[summary], {"parent": told.epic(name)}, words) for summary, name, words in TIES),
        remarks=REMARKS,
    )


def _prepare(jira: JiraSite) -> None:
    jira.catalogue.add_status("Released", "done")
    jira.catalogue.add_status("Verified", "done")
    for team in TEAMS:
        project = jira.add_project(team.project, team.name, team.components, team.versions)
        project.last_number = max(project.last_number, team.first - 1)
        for name in team.people:
            _hire(jira, name)


def _hire(jira: JiraSite, name: str) -> None:
    """An account for somebody who is not there yet; nobody signs in with it."""
    if any(one.name == name for one in jira.catalogue.people.values()):
        return
    plain = name.lower().replace("ń", "n").replace(" ", ".")
    number = 20000 + len(jira.catalogue.people)
    id = f"557058:{plain}" if jira.dialect == "cloud" else f"JIRAUSER{number}"
    jira.catalogue.add_person(Person(id, name, f"{plain}@example.com", f"{plain}-token", time_zone=ZONE.key))


def _create(jira: JiraSite, one: Issue, at: datetime) -> None:
    work = one.work
    fields = NewFields(
        type=work.type,
        description=work.text or None,
        components=work.components,
        labels=work.labels,
        priority=work.priority,
    )
    if one.above:
        fields["parent"] = one.above.key
    if one.version:
        fields["fix_versions"] = [one.version]
    made = jira.create_issue(one.team.project, work.summary, by=one.reporter, at=at, **fields)
    if made.key != one.key:
        raise RuntimeError(
            f"{work.summary!r} was to be {one.key} and became {made.key}: tell the story to an empty site."
        )


def _happen(jira: JiraSite, event: Event) -> None:
    if event.fields:
        jira.edit_issue(event.key, by=event.by, at=event.at, **event.fields)
    if event.link:
        jira.link_issues(event.key, *event.link, by=event.by, at=event.at)
    if event.words:
        jira.comment(event.key, event.words, by=event.by, at=event.at)


def write_pages(confluence: ConfluenceSite, jira: JiraSite, pages: Mapping[str, str]) -> None:
    """Writes pages, by title and in storage format, as the product's lead would; `Product` is the space's home page."""
    author = jira.catalogue.person(LEAD).id
    if SPACE not in confluence.spaces:
        confluence.add_space(SPACE, "Product", author)
    home = confluence.page(confluence.space(SPACE).homepage)
    for title, body in pages.items():
        if title == "Product":
            confluence.update_page(home.id, Draft(title, body), home.latest.number + 1, author)
        else:
            confluence.create_page(SPACE, Draft(title, body), author)
