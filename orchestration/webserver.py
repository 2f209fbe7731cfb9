"""The catalogue's web server behind its guard, as a process of `journey serve`."""

import argparse

import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from journey.core.settings import Settings
from journey.core.umask import make_private
from orchestration.guard import Guard
from orchestration.landing import Landing

STATEMENT_MILLISECONDS, POOL_SECONDS, POOL_OVERFLOW = 15_000, 3_600, 20
POLL_MILLISECONDS = 2_000
LAST_REQUESTS_SECONDS = 3


def main() -> None:
    """Serve until a signal comes."""
    make_private()
    given = _arguments()
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance,
            WorkspaceFileTarget([given.workspace]),
            version=__version__,
            read_only=not given.operate,
        ) as context,
    ):
        instance.optimize_for_webserver(STATEMENT_MILLISECONDS, POOL_SECONDS, POOL_OVERFLOW)
        app = create_app_from_workspace_process_context(
            context, live_data_poll_rate=POLL_MILLISECONDS
        )
        # Those who operate it come for the runs.
        shown = app if given.operate else Landing(app)
        uvicorn.run(
            Guard(shown, Settings.load().serve_urls),
            host=given.host,
            port=given.port,
            log_level="warning",
            timeout_graceful_shutdown=LAST_REQUESTS_SECONDS,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--operate", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
