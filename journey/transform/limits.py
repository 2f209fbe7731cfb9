"""How many threads and how much memory dbt's database may use: a plugin of dbt-duckdb.

Given here and not in profiles.yml, which names this module: dbt parses the whole project anew when
an option of its profile is another than before.
"""

import os
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin

from journey.core import memory

THREADS, MEMORY_LIMIT = "JOURNEY_THREADS", "JOURNEY_MEMORY_LIMIT"


class Plugin(BasePlugin):
    """What runs give in the environment; by hand, what the settings would give by default."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        config["memory_limit"] = os.environ.get(MEMORY_LIMIT) or memory.default_limit()
        threads = os.environ.get(THREADS)
        if threads:
            config["threads"] = threads
