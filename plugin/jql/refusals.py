"""Why a piece of valid JQL is turned down: what it needs that an issue by itself does not tell."""

from collections.abc import Mapping

from plugin.jql.clause import Unfit
from plugin.jql.nodes import Call

HISTORY = "it asks for the issue's history, and a condition is decided from the issue as it is now"
_ASKER = "it depends on who asks, and a condition is decided for everybody alike"
_OTHERS = "it is answered from other issues or another app's data, and a condition is decided from one issue alone"
_COMMENTS = "comments do not travel with an issue, so most changes of it would leave this undecided"
_WORK_LOGS = "work logs do not travel with an issue"
_FILTER = "a saved filter lives in Jira and may change unseen"

FIELDS: Mapping[str, str] = {
    "watcher": "who watches an issue does not travel with it",
    "voter": "who voted for an issue does not travel with it",
    "lastviewed": _ASKER,
    "filter": _FILTER,
    "request": _FILTER,
    "savedfilter": _FILTER,
    "searchrequest": _FILTER,
    "issuefunction": _OTHERS,
    "issue.property": "entity properties do not travel with an issue",
    "comment": _COMMENTS,
    "text": _COMMENTS,
    "textfields": _COMMENTS,
    "worklogcomment": _WORK_LOGS,
    "worklogauthor": _WORK_LOGS,
    "worklogdate": _WORK_LOGS,
    "workratio": "Jira works it out for its search and does not tell it with an issue",
    "approvals": _OTHERS,
    "organizations": _OTHERS,
}
"""Reason by a field's name in lower case."""

INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(("filter", "request", "savedfilter", "searchrequest"), "Paste the filter's own clauses here."),
    **dict.fromkeys(("text", "textfields"), "Search the texts of the issue: summary ~ word OR description ~ word."),
    "workratio": "Compare the two: timeSpent > 8h AND originalEstimate <= 8h.",
    "issuefunction": "Say it with the issue's own fields, such as parent, labels or component.",
}
"""How to say it otherwise, by a field's name in lower case."""

ORDERS: Mapping[str, str] = {
    "resolution": "resolutions are ordered by the site's own list, which does not travel with an issue",
}
"""Why a field that has an order in Jira has none here, by the field's name."""

_FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "currentuser",
            "currentlogin",
            "lastlogin",
            "watchedissues",
            "watchedworkitems",
            "votedissues",
            "votedworkitems",
            "issuehistory",
            "workitemhistory",
            "projectswhereuserhaspermission",
            "projectswhereuserhasrole",
        ),
        _ASKER,
    ),
    "updatedby": HISTORY,
    "membersof": "who belongs to a group does not travel with an issue",
}

_INSTEAD_OF: Mapping[str, str] = {
    "currentuser": 'Name the person, as in assignee = "account id".',
    "membersof": "List the people, as in assignee IN (id, id).",
    "watchedissues": "Use a label or a component that says the same.",
}


def function(call: Call) -> Unfit:
    """The refusal of a function that no issue can answer."""
    name = call.name.text
    reason = _FUNCTIONS.get(name.lower(), _OTHERS)
    return Unfit(call, f"The function {name}() cannot be decided: {reason}", _INSTEAD_OF.get(name.lower(), ""))
