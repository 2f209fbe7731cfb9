"""The notebook of worked answers, run without a network."""

import json
import subprocess
import sys

from journey.read.notebook import WORKED_ANSWERS
from tests.conftest import Shop

ANSWERS = ("drop_off", "returning", "time_to_order", "attribution", "next_stage")
# Runs the notebook as a script does, but where any connection is an error; says of each answer
# how many rows it has and which of its columns have no value at all.
RUN = """
import json, runpy, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise PermissionError(f"{event} {arguments}")
sys.addaudithook(refuse)
_, found = runpy.run_path(sys.argv[1])["app"].run()
told = {}
for name in sys.argv[2:]:
    rows = found[name]
    told[name] = [len(rows), [column for column in rows if rows[column].isna().all()]]
print(json.dumps(told))
"""


def answers_of(shop: Shop) -> dict[str, list]:
    """Of each worked answer how many rows it has, and which of its columns are empty."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, WORKED_ANSWERS, *ANSWERS],
        capture_output=True,
        text=True,
        env=shop.environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
