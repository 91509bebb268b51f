"""What JQL asks of links between issues."""

from collections.abc import Collection, Iterator

from plugin.sandbox.jira.errors import JiraError
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.jira.values import Issue, IssueLink
from plugin.sandbox.jql.field import EXACT, ValueField
from plugin.sandbox.jql.syntax import Value


def link_types(site: JiraSite) -> ValueField[str]:
    """A link is found by its type's name and by the words that this end of it reads."""
    known = {words.casefold() for one in site.catalogue.link_types for words in (one.name, one.inward, one.outward)}

    def meant(value: Value) -> Collection[str]:
        wanted = value.text.casefold()
        if wanted not in known:
            raise JiraError(400, f"The value '{value.text}' does not exist for the field 'issueLinkType'.")
        return [wanted]

    return ValueField(EXACT, lambda issue: [words for link in issue.links for words in _words(issue, link)], meant)


def linked_issues(site: JiraSite, arguments: tuple[str, ...]) -> Collection[str]:
    """Ids of the issues to which the first argument is linked, by the kind that the second one says as it reads it."""
    if len(arguments) not in (1, 2):
        raise JiraError(400, "Function 'linkedIssues' wants an issue and, if need be, a type of link.")
    issue = site.find(arguments[0])
    if issue is None:
        raise JiraError(400, f"Function 'linkedIssues': there is no issue '{arguments[0]}'.")
    return list(_other_ends(issue, arguments[1].casefold() if len(arguments) == 2 else None))


def _other_ends(issue: Issue, words: str | None) -> Iterator[str]:
    for link in issue.links:
        if words is None or words in _words(issue, link):
            yield link.destination if link.source == issue.id else link.source


def _words(issue: Issue, link: IssueLink) -> tuple[str, str]:
    read = link.type.outward if link.source == issue.id else link.type.inward
    return link.type.name.casefold(), read.casefold()
