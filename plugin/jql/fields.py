"""The fields that a condition may read, by every name that JQL has for them.

Operators by field: https://support.atlassian.com/jira-service-management-cloud/docs/jql-fields/.
"""

from collections.abc import Callable, Mapping

from plugin.jql import measures, projects, refusals, related, terms
from plugin.jql.clause import EMPTINESS, EQUALITY, Ask, Field, Unfit
from plugin.jql.moments import DayField, MomentField
from plugin.jql.nodes import Call, Value
from plugin.jql.orders import KeyField, PriorityField, VersionField
from plugin.jql.questions import Question, TermSet, both, either
from plugin.jql.site import SiteFacts
from plugin.jql.terms import TermField
from plugin.jql.texts import TextField
from plugin.jql.view import Issue, Reading, Terms, reading_of

_CATEGORIES = {
    "new": "new",
    "to do": "new",
    "2": "new",
    "indeterminate": "indeterminate",
    "in progress": "indeterminate",
    "4": "indeterminate",
    "done": "done",
    "3": "done",
    "undefined": "undefined",
    "no category": "undefined",
    "1": "undefined",
}
_STANDARD, _SUBTASK = "\0standard", "\0subtask"
_RELEASED, _UNRELEASED = "\0released", "\0unreleased"


def _project_terms(value: object) -> Terms | None:
    """Name and id as they are, the key behind a NUL so that it can be meant alone."""
    key = terms.of_mappings(value, ("key",))
    return (terms.named(value) or frozenset()) | {f"\0{one}" for one in key} if key is not None else terms.named(value)


def _project_wanted(value: Value, site: SiteFacts) -> Terms:
    key = f"\0{value.text.lower()}"
    return frozenset({key} if value.text.upper() in site.project_keys else {key, value.text.lower()})


def _type_terms(value: object) -> Terms | None:
    named = terms.named(value)
    if not named or not isinstance(value, Mapping) or not isinstance(value.get("subtask"), bool):
        return named
    return named | {_SUBTASK if value["subtask"] else _STANDARD}


def _version_terms(value: object) -> Terms | None:
    """Besides names and ids, whether a version is released; archived ones count for neither function."""
    named = terms.named(value)
    if not named or not isinstance(value, list):
        return named
    live = [one for one in value if isinstance(one, Mapping) and not one.get("archived")]
    return named | {_RELEASED if one["released"] else _UNRELEASED for one in live if "released" in one}


def _parent(*names: str) -> Reading[Terms]:
    """Key and id are read apart as well: Data Center's Epic Link tells a key and no id, and then the id is unknown."""
    return reading_of("parent", lambda value: terms.of_mappings(value, names))


_PARENT_KEY, _PARENT_ID = _parent("key"), _parent("id")


def _people_terms(value: object) -> Terms | None:
    return terms.of_mappings(value, ("id",))


def _key_terms(issue: Issue) -> Terms | None:
    return frozenset(str(issue[name]).lower() for name in ("key", "id") if issue.get(name)) or None


def _category(issue: Issue) -> Mapping[str, object] | None:
    status = issue.get("status")
    category = status.get("category") if isinstance(status, Mapping) else None
    return category if isinstance(category, Mapping) else None


def _category_terms(issue: Issue) -> Terms | None:
    if "status" in issue and issue["status"] is None:
        return frozenset()
    category = _category(issue) or {}
    written = str(category.get("key") or category.get("id") or category.get("name") or "").lower()
    return frozenset({_CATEGORIES.get(written, written)}) if written else None


def _issue_wanted(value: Value, site: SiteFacts) -> Terms:
    if not (value.text.isdecimal() or related.KEY.fullmatch(value.text)):
        raise Unfit(value, f"`{value.text}` names no issue; that takes a key, such as ABC-12, or an id")
    return terms.as_written(value, site)


def _category_wanted(value: Value, site: SiteFacts) -> Terms:
    key = _CATEGORIES.get(value.text.lower())
    if key is None:
        categories = 'the categories are "To Do" (new), "In Progress" (indeterminate) and Done (done)'
        raise Unfit(value, f"`{value.text}` is no status category; {categories}")
    return frozenset({key})


def _person_wanted(value: Value, site: SiteFacts) -> Terms:
    if "@" in value.text or " " in value.text:
        raise Unfit(
            value,
            "people are known by their account id (Cloud) or user key (Data Center) only, never by name or address",
            "Open the person's profile in Jira: its address ends in the id.",
        )
    return terms.as_written(value, site)


def _project_names(value: object) -> Terms | None:
    return terms.of_mappings(value, ("key", "name"))


def _members_of(reading: Reading[Terms]) -> Callable[[Call, Ask], Question]:
    def answer(call: Call, ask: Ask) -> Question:
        groups = {name.lower(): members for name, members in ask.site.groups.items()}
        members = groups.get(call.arguments[0].text.lower()) if len(call.arguments) == 1 else None
        if members is None:
            raise refusals.function(call)
        return TermSet(reading, frozenset(one.lower() for one in members), "lacks" if ask.negative else "has")

    return answer


def _people(name: str) -> TermField:
    reading = reading_of(name, _people_terms)
    return TermField(name, reading, _person_wanted, answers={"membersof": _members_of(reading)})


def _of_projects(reading: Reading[Terms], state: str) -> Callable[[Call, Ask], Question]:
    """releasedVersions(ABC): an issue's versions are its own project's, so it is a question of the project as well."""

    def answer(call: Call, ask: Ask) -> Question:
        sought = frozenset({state})
        projects = frozenset[str]().union(*(_project_wanted(one, ask.site) for one in call.arguments))
        if not ask.negative:
            here = [TermSet(_PROJECT.reading, projects, "has")] if projects else []
            return both([TermSet(reading, sought, "has"), *here])
        elsewhere = [TermSet(_PROJECT.reading, projects, "lacks")] if projects else []
        filled = TermSet(reading, frozenset(), "lacks")
        return both([filled, either([TermSet(reading, sought, "lacks"), *elsewhere])])

    return answer


def _versions(name: str, field: str) -> VersionField:
    reading = reading_of(field, _version_terms)
    answers = {
        "releasedversions": _of_projects(reading, _RELEASED),
        "unreleasedversions": _of_projects(reading, _UNRELEASED),
    }
    return VersionField(name, reading, answers=answers, names=reading_of(field, terms.names))


_PROJECT = TermField(
    "project",
    reading_of("project", _project_terms),
    _project_wanted,
    nullable=False,
    names=reading_of("project", _project_names),
)
_TYPE = TermField(
    "issuetype",
    reading_of("issuetype", _type_terms),
    nullable=False,
    names=reading_of("issuetype", terms.names),
    functions={
        **dict.fromkeys(("standardissuetypes", "standardworktypes"), frozenset({_STANDARD})),
        **dict.fromkeys(("subtaskissuetypes", "subtaskworktypes"), frozenset({_SUBTASK})),
    },
)
_CATEGORY = TermField(
    "statusCategory",
    Reading("status", _category_terms),
    _category_wanted,
    EQUALITY,
    "every status has a category",
    nullable=False,
    shown=_category,
)
_ISSUE = KeyField(
    "key",
    Reading("key", _key_terms),
    _issue_wanted,
    never_empty="every issue has a key",
    nullable=False,
    answers={
        **dict.fromkeys(("childissuesof", "portfoliochildissuesof"), related.child_issues),
        "linkedissues": related.linked_issues,
    },
    names=Reading("key", lambda issue: frozenset({str(issue["key"]).lower()}) if issue.get("key") else None),
)
_PARENT = TermField(
    "parent",
    _parent("key", "id"),
    _issue_wanted,
    EQUALITY | EMPTINESS,
    answers={"ancestors": related.ancestors},
    names=_PARENT_KEY,
    looked_up=lambda text: _PARENT_ID if text.isdecimal() else _PARENT_KEY,
)
_LINK_TYPE = TermField("issueLinkType", related.LINK_TYPES, operators=EQUALITY)
_DUE = DayField("due", "duedate")
_RESOLVED = MomentField("resolved", "resolutiondate")

BY_NAME: Mapping[str, Field] = {
    "project": _PROJECT,
    **dict.fromkeys(("issuetype", "type", "worktype"), _TYPE),
    "status": TermField(
        "status", reading_of("status", terms.named), nullable=False, names=reading_of("status", terms.names)
    ),
    "statuscategory": _CATEGORY,
    "priority": PriorityField(
        "priority", reading_of("priority", terms.named), names=reading_of("priority", terms.names)
    ),
    "resolution": TermField(
        "resolution",
        reading_of("resolution", terms.named),
        names=reading_of("resolution", terms.names),
        empty_word="unresolved",
    ),
    "level": TermField("level", reading_of("security", terms.named), names=reading_of("security", terms.names)),
    "category": projects.CATEGORY,
    "projecttype": projects.TYPE,
    "hierarchylevel": measures.LEVEL,
    **measures.COUNTS,
    **measures.DURATIONS,
    "timeoriginalestimate": measures.DURATIONS["originalestimate"],
    "timeestimate": measures.DURATIONS["remainingestimate"],
    "labels": TermField("labels", reading_of("labels", terms.texts)),
    "component": TermField(
        "component", reading_of("components", terms.named), names=reading_of("components", terms.names)
    ),
    "fixversion": _versions("fixVersion", "fixVersions"),
    "affectedversion": _versions("affectedVersion", "versions"),
    "parent": _PARENT,
    **dict.fromkeys(("issuelinktype", "workitemlinktype"), _LINK_TYPE),
    **dict.fromkeys(("key", "issuekey", "issue", "id", "workitemkey"), _ISSUE),
    **{name: _people(name) for name in ("assignee", "reporter", "creator")},
    **{name: TextField(name, name) for name in ("summary", "description", "environment")},
    **dict.fromkeys(("created", "createddate"), MomentField("created", "created", nullable=False)),
    **dict.fromkeys(("updated", "updateddate"), MomentField("updated", "updated", nullable=False)),
    **dict.fromkeys(("resolved", "resolutiondate"), _RESOLVED),
    **dict.fromkeys(("due", "duedate"), _DUE),
}
"""Every field by each of its names in lower case."""

NAMES: tuple[str, ...] = tuple(dict.fromkeys(one.name for one in BY_NAME.values()))
