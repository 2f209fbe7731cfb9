"""Where the process of a command begins: before anything else is imported.

Files are made for their owner alone, and a signal ends it with a sentence from the first moment.
"""

import json
import sys

from journey.core import stopping
from journey.core.umask import make_private


def main() -> None:
    """The command `journey`."""
    make_private()
    stopping.listen()
    try:
        from orchestration.cli import main as command

        command()
    except KeyboardInterrupt:
        stopping.acknowledge()
        ended = stopping.stopped("nothing had begun; run it again")
        if "--json" in sys.argv:
            print(json.dumps({"status": "stopped", "error": str(ended)}))
        print(f"journey: {ended}", file=sys.stderr)
        sys.exit(ended.exit_code)
