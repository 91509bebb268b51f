"""`python -m plugin.sandbox --port 8080 --dialect cloud`: a sandbox of its own, until Ctrl-C.

With `--story` it begins with three streams and two quarters of their work, with `--issues` with real issues;
`--configuration` writes what fits them.
"""

import argparse
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from plugin.sandbox.issues.configuration import write_fitting
from plugin.sandbox.issues.file import CompactIssue, UnreadableIssuesError, read_issues
from plugin.sandbox.issues.load import load_issues
from plugin.sandbox.jira.catalogue import SERVICE
from plugin.sandbox.jira.state import JiraSite
from plugin.sandbox.serve import RunningSandbox
from plugin.sandbox.story.calendar import ZONE
from plugin.sandbox.story.configuration import write_configuration
from plugin.sandbox.story.pages import PAGES, REVIEWS
from plugin.sandbox.story.teams_at_work import Teams
from plugin.sandbox.story.tell import tell, write_pages


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        issues = read_issues(given.issues) if given.issues else None
    except UnreadableIssuesError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    empty = JiraSite(given.dialect) if given.story or issues else None
    sandbox = RunningSandbox(given.dialect, empty, port=given.port)
    if issues:
        _import(sandbox, issues, given.configuration)
    elif given.story:
        _tell(sandbox, given.configuration)
    with sandbox:
        service = SERVICE[sandbox.dialect]
        _say(f"Jira and Confluence ({given.dialect}) at {sandbox.url}, as {service.email} {service.token}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m plugin.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the loopback interface; any free one if left out")
    parser.add_argument("--dialect", choices=("cloud", "data center"), default="cloud")
    parser.add_argument("--story", action="store_true", help="begin with the story of Acme Pay")
    parser.add_argument("--issues", type=Path, metavar="FILE", help="begin with these issues instead of the story")
    parser.add_argument("--configuration", type=Path, metavar="FOLDER", help="write the configuration that fits")
    return parser


def _tell(sandbox: RunningSandbox, configuration: Path | None) -> None:
    story = tell(sandbox.jira, sandbox.confluence, datetime.now(UTC))
    _say(f"Told two quarters of Acme Pay: {len(sandbox.jira.issues)} issues of three streams.")
    sandbox.app.extensions["teams"] = Teams(sandbox.jira, story.cast)
    if configuration:
        write_configuration(configuration, story.plan)
        _say(f"Wrote the configuration that fits to {configuration}.")


def _import(sandbox: RunningSandbox, issues: Sequence[CompactIssue], configuration: Path | None) -> None:
    now = datetime.now(UTC)
    imported = load_issues(sandbox.jira, issues, now)
    write_pages(sandbox.confluence, sandbox.jira, {REVIEWS: PAGES[REVIEWS]})
    sandbox.app.extensions["teams"] = Teams(sandbox.jira, imported.cast)
    for line in imported.lines():
        _say(line)
    if configuration:
        objectives = write_fitting(configuration, issues, now.astimezone(ZONE).date())
        _say(f"Wrote a product with the {objectives} largest epics as objectives to {configuration}.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
