"""How a part learns that its supervisor is gone. Imports nothing of ours: a part that only watches stays small."""

import os
import signal
import threading
import time

LIFELINE = "PLUMBLINE_LIFELINE"
"""Number of the open pipe by which a part sees its supervisor."""


def end_with_parent(grace: float = 1.5) -> None:
    """Called by a part as it starts: ends it when its supervisor is gone, killed with -9 included.

    First as SIGTERM would, then, `grace` seconds later, its whole process group. Without a supervisor nothing happens.
    """
    number = os.environ.pop(LIFELINE, None)
    if number is None:
        return
    lifeline = int(number)
    os.set_inheritable(lifeline, False)

    def wait_for_the_end() -> None:
        os.read(lifeline, 1)  # nobody writes: it returns when the last holder of the other end is gone
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait_for_the_end, name="lifeline", daemon=True).start()
