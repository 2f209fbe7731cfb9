"""Sail: Spark's dialect in this process, without a cluster and without a JVM."""

from typing import Any

from journey.transform.spark.server import SESSION


class Sail:
    """One session, since tables are known to the session alone that made them."""

    def __init__(self) -> None:
        from pysail.spark import SparkConnectServer
        from pyspark.sql import SparkSession

        self.server = SparkConnectServer()
        self.server.start()
        host, port = self.server.listening_address
        self.session = SparkSession.builder.remote(f"sc://{host}:{port}").getOrCreate()
        for name, value in SESSION.items():
            self.session.conf.set(name, value)

    def run(self, statement: str) -> Any:
        """The answer: a data frame, of which types are known and rows are not."""
        return self.session.sql(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.run(query).collect()]

    def stop(self) -> None:
        self.session.stop()
        self.server.stop()
