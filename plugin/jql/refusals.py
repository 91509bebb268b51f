"""Why a piece of valid JQL is turned down: what it needs that an issue by itself does not tell."""

from collections.abc import Mapping

_ASKER = "it depends on who asks, and a condition is decided for everybody alike"
_HISTORY = "it asks for the issue's history, and a condition is decided from the issue as it is now"
_OTHERS = "it is answered from other issues or another app's data, and a condition is decided from one issue alone"
_COMMENTS = "comments do not travel with an issue, so most changes of it would leave this undecided"

FIELDS: Mapping[str, str] = {
    "watcher": "who watches an issue does not travel with it",
    "voter": "who voted for an issue does not travel with it",
    "lastviewed": _ASKER,
    "filter": "a saved filter lives in Jira and may change unseen; paste its clauses instead",
    "request": "a saved filter lives in Jira and may change unseen; paste its clauses instead",
    "savedfilter": "a saved filter lives in Jira and may change unseen; paste its clauses instead",
    "searchrequest": "a saved filter lives in Jira and may change unseen; paste its clauses instead",
    "issuefunction": _OTHERS,
    "issue.property": "entity properties do not travel with an issue",
    "comment": _COMMENTS,
    "text": _COMMENTS,
    "textfields": _COMMENTS,
    "worklogcomment": "work logs do not travel with an issue",
    "worklogauthor": "work logs do not travel with an issue",
    "worklogdate": "work logs do not travel with an issue",
    "approvals": _OTHERS,
    "organizations": _OTHERS,
}
"""Reason by a field's name in lower case."""

FUNCTIONS: Mapping[str, str] = {
    "currentuser": _ASKER,
    "currentlogin": _ASKER,
    "lastlogin": _ASKER,
    "watchedissues": _ASKER,
    "watchedworkitems": _ASKER,
    "votedissues": _ASKER,
    "votedworkitems": _ASKER,
    "issuehistory": _ASKER,
    "workitemhistory": _ASKER,
    "projectsleadbyuser": _OTHERS,
    "projectswhereuserhaspermission": _ASKER,
    "projectswhereuserhasrole": _ASKER,
    "componentsleadbyuser": _OTHERS,
    "membersof": "who belongs to a group is not known here; name the people instead",
    "updatedby": _HISTORY,
    "issueswithremotelinksbyglobalid": _OTHERS,
    "linkedissues": _OTHERS,
    "linkedworkitems": _OTHERS,
    "issueswithtext": _OTHERS,
    "portfoliochildissuesof": _OTHERS,
    "childissuesof": _OTHERS,
}
"""Reason by a function's name in lower case."""

INSTEAD: Mapping[str, str] = {
    "currentuser": 'Name the person: assignee = "account id".',
    "watchedissues": "Use a label or a component that says the same.",
    "membersof": "List them: assignee IN (id, id).",
    "issuefunction": "Say it with the issue's own fields, such as parent, labels or component.",
    "filter": "Paste the saved filter's own clauses here.",
}

HISTORY = _HISTORY
OTHER_FUNCTION = _OTHERS
