"""`python -m plugin.sandbox --port 8080 --dialect cloud`: a sandbox of its own, until Ctrl-C."""

import argparse
import sys
import threading

from plugin.sandbox.jira_catalogue import SERVICE
from plugin.sandbox.serve import RunningSandbox


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m plugin.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the loopback interface; any free one if left out")
    parser.add_argument("--dialect", choices=("cloud", "data center"), default="cloud")
    given = parser.parse_args(arguments)
    with RunningSandbox(given.dialect, port=given.port) as sandbox:
        service = SERVICE[sandbox.dialect]
        sys.stdout.write(
            f"Jira and Confluence ({given.dialect}) at {sandbox.url}, as {service.email} {service.token}\n"
        )
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
