"""Reads issues in their compact form: JSON lines, gzipped or not, checked as a whole before anybody uses one."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from zlib import error as ZlibError  # noqa: N812 it is an exception and reads as one

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 4_000_000
"""Bytes; far more than Jira lets an issue hold."""

Key = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+-[1-9][0-9]{0,17}$")]
Summary = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=r"^[^\r\n]+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Label = Annotated[str, StringConstraints(pattern=r"^\S{1,255}$")]


class UnreadableIssuesError(Exception):
    """What is wrong with a file of issues, with its place, as one sentence."""


class LinkEnd(NamedTuple):
    """A link as one of its two issues tells it: `out` from the issue that for example blocks."""

    type: Name
    direction: Literal["in", "out"]
    key: Key


class CompactIssue(BaseModel):
    """One line. An empty value means that Jira had none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    id: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,17}$")]
    project: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]
    issuetype: Name
    subtask: bool = False
    summary: Summary
    description: str | None = None
    status: Name
    resolution: Name | None = None
    priority: Name | None = None
    labels: tuple[Label, ...] = ()
    components: tuple[Name, ...] = ()
    fix_versions: tuple[Name, ...] = Field(default=(), alias="fixVersions")
    epic_key: Key | None = None
    epic_name: str | None = None
    epic_summary: str | None = None
    parent_key: Key | None = None
    parent_summary: str | None = None
    sprints: tuple[object, ...] = ()
    created: AwareDatetime
    updated: AwareDatetime
    resolved: AwareDatetime | None = Field(default=None, alias="resolutiondate")
    links: tuple[LinkEnd, ...] = Field(default=(), alias="issuelinks")
    comments: int = Field(default=0, ge=0, alias="n_comments")

    @property
    def above(self) -> str | None:
        """The key of its parent, else of its epic."""
        return self.parent_key or self.epic_key


def read_issues(path: Path) -> list[CompactIssue]:
    """Every issue of the file, in its order. Raises UnreadableIssuesError at the first line that is none."""
    found: list[CompactIssue] = []
    places: dict[str, int] = {}
    try:
        for number, line in _lines(path):
            issue = _issue(line, f"{path}:{number}")
            for name in (issue.key, f"id {issue.id}"):
                first = places.setdefault(name, number)
                if first != number:
                    raise UnreadableIssuesError(f"{path}:{number}: {name} is there twice; first in line {first}.")
            found.append(issue)
    except (OSError, EOFError, ZlibError) as broken:
        raise UnreadableIssuesError(f"{path}: cannot be read: {broken}.") from broken
    if not found:
        raise UnreadableIssuesError(f"{path}: holds no issue; give one JSON object a line.")
    return found


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Lines that are not blank, counted from 1."""
    with path.open("rb") as raw:
        zipped = raw.read(2) == _GZIP
        raw.seek(0)
        with gzip.open(raw) if zipped else raw as file:
            number = 0
            while line := file.readline(_LONGEST_LINE + 1):
                number += 1
                if len(line) > _LONGEST_LINE:
                    raise UnreadableIssuesError(f"{path}:{number}: is longer than {_LONGEST_LINE:,} bytes.")
                if line.strip():
                    yield number, line


def _issue(line: bytes, place: str) -> CompactIssue:
    try:
        issue = CompactIssue.model_validate_json(line)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableIssuesError(f"{place}: {f'{where}: ' if where else ''}{first['msg']}.") from None
    if issue.key.rpartition("-")[0] != issue.project:
        raise UnreadableIssuesError(f"{place}: key {issue.key} is not one of project {issue.project}.")
    return issue
