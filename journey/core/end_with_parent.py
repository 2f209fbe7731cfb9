"""Ends a group of processes as soon as the process that started them has ended, however it did.

Leads the group. Its standard input is a pipe whose other end that process alone holds: it closes
when the process ends, also by SIGKILL. Run as a program, never imported.
"""

import os
import signal


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.read(0, 1)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
