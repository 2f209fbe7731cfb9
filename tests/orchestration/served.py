"""A catalogue that `journey serve` shows while a test looks at it."""

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from tests.conftest import JOURNEY, Shop
from tests.parsed_project import give_parsed_project

PATIENCE_SECONDS = 240


@dataclass
class Served:
    process: subprocess.Popen
    port: int
    said: str

    def ask(self, query: str, method: str = "POST", path: str = "/graphql", **headers: str):
        """Status, and the answer's data where there is one."""
        body = json.dumps({"query": query}).encode() if method == "POST" else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=body,
            headers={"Content-Type": "application/json"} | named,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                return answer.status, json.load(answer).get("data")
        except urllib.error.HTTPError as error:
            return error.code, None

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(shop: Shop, *options: str) -> Iterator[Served]:
    port = free_port()
    give_parsed_project(shop.data_dir, shop.config.parent)
    process = subprocess.Popen(
        [JOURNEY, "serve", "--port", str(port), *options],
        env=shop.environment(),
        cwd=shop.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = process.stdout.readline()
        assert "http://127.0.0.1" in said, said + process.stdout.read()
        yield Served(process, port, said)
    finally:
        process.terminate()
        process.wait(timeout=60)
        process.stdout.close()
