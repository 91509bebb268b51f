"""The same worker and cadence with short leases and quick ticks, so that a test need not wait for minutes."""

import sys
from dataclasses import replace
from datetime import timedelta

from plugin.app import Leases, run_cadence, run_worker, wire
from plugin.supervisor import end_with_parent

LEASE = timedelta(seconds=1)


def main(kind: str) -> None:
    end_with_parent()
    application = replace(wire(), leases=Leases(digest=LEASE, write=LEASE, review=LEASE, sweep=LEASE))
    if kind == "worker":
        run_worker(application)
    else:
        run_cadence(application, every=1)


if __name__ == "__main__":
    main(sys.argv[1])
