"""`journey`, judging by the suites of the folder that JOURNEY_TEST_SUITES names."""

import os
from pathlib import Path


def main() -> None:
    from journey.checks import gate

    gate.validate.__kwdefaults__["suites_dir"] = Path(os.environ["JOURNEY_TEST_SUITES"])
    from orchestration.start import main as command

    command()
