"""`python -m plugin.sandbox --port 8080 --dialect cloud`: a sandbox of its own, until Ctrl-C.

With `--story` it begins with three streams and two quarters of their work; `--configuration` writes what fits them.
"""

import argparse
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from plugin.sandbox.jira_catalogue import SERVICE
from plugin.sandbox.jira_state import JiraSite
from plugin.sandbox.serve import RunningSandbox
from plugin.sandbox.story import tell
from plugin.sandbox.story_configuration import write_configuration
from plugin.sandbox.teams import Teams


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    sandbox = RunningSandbox(given.dialect, JiraSite(given.dialect) if given.story else None, port=given.port)
    if given.story:
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
    parser.add_argument("--configuration", type=Path, metavar="FOLDER", help="write the configuration that fits")
    return parser


def _tell(sandbox: RunningSandbox, configuration: Path | None) -> None:
    story = tell(sandbox.jira, sandbox.confluence, datetime.now(UTC))
    _say(f"Told two quarters of Acme Pay: {len(sandbox.jira.issues)} issues of three streams.")
    sandbox.app.extensions["teams"] = Teams(sandbox.jira, story.cast)
    if configuration:
        write_configuration(configuration, story.plan)
        _say(f"Wrote the configuration that fits to {configuration}.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
