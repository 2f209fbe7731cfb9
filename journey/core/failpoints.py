"""Named points at which a test can kill the process, to prove that every step can be rerun.

Does nothing unless the environment variable JOURNEY_FAULT names the point.
"""

import os
import signal


def point(name: str) -> None:
    """Kill this process, as a power cut would, when `JOURNEY_FAULT` is `name`."""
    if os.environ.get("JOURNEY_FAULT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
