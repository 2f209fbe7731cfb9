"""The only address on which anything of this project listens, and whether a port of it is free."""

import socket

from journey.core.errors import ConfigurationError

LOOPBACK = "127.0.0.1"


def assert_free(port: int) -> None:
    """Raise ConfigurationError where the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise ConfigurationError(
                f"port {port} on {LOOPBACK} is taken; stop what uses it or give another with --port"
            ) from None
