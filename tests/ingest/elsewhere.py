"""Places that deliveries lie in, on loopback: an S3 server, a web server, a wire to be cut."""

import contextlib
import functools
import http.server
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3

from tests.ingest.rows import csv_of, good

LOOPBACK = "127.0.0.1"
S3_SERVER = """
import logging, sys
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
PASSWORD = "a secret: of/tests@"  # noqa: S105 - of a server that the tests start
LOGIN = "Basic c2hvcDphIHNlY3JldDogb2YvdGVzdHNA"  # with it, as a browser sends it
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "a-key-of-tests",
    "AWS_SECRET_ACCESS_KEY": "the-secret-of-tests",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
    # Where no key is set, a cloud's own machine would be asked: never one that is not here.
    "AWS_METADATA_ENDPOINT": "http://127.0.0.1:9/AWS_METADATA_ENDPOINT",
}


@contextlib.contextmanager
def s3_server() -> Iterator[int]:
    """A process of its own; gives its port. It ends with this one."""
    server = subprocess.Popen(
        [sys.executable, "-c", S3_SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(timeout=30)


def s3_client(port: int) -> object:
    return boto3.client(
        "s3",
        endpoint_url=f"http://{LOOPBACK}:{port}",
        region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


class Handler(http.server.SimpleHTTPRequestHandler):
    """The files of a folder; with a login below `closed/`, elsewhere below `moved/`, and none below
    `broken/`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers.get("Authorization")))
        if self.path.startswith("/broken/"):
            self.send_error(503)
        elif self.path.startswith("/closed/") and self.headers.get("Authorization") != LOGIN:
            self.send_error(401)
        elif self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header(
                "Location", f"http://localhost:{self.server.server_port}{self.path[6:]}"
            )
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.command == "HEAD":
            super().do_HEAD()
        else:
            super().do_GET()

    do_HEAD = do_GET  # noqa: N815 - as the standard library names it

    def log_message(self, *_: object) -> None:
        pass


class Site(http.server.ThreadingHTTPServer):
    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        self.folder = folder
        self.asked: list[tuple[str, str, str | None]] = []

    def put(self, name: str, *order_ids: str) -> bytes:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(csv_of([good("orders", order_id=key) for key in order_ids]))
        return path.read_bytes()


@contextlib.contextmanager
def web_site(folder: Path) -> Iterator[Site]:
    """A server of the files of a folder."""
    folder.mkdir()
    with Site(folder) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class Wire:
    """A port that passes all on to another one, counts the connections, and can be cut.

    `cut_after`: each connection ends after that many bytes of answer.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.cut_after: int | None = None
        self.requests: list[bytes] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # or one more would be let in
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((LOOPBACK, self.target))
                for ends in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, is_question: bool) -> None:
        left = self.cut_after if self.cut_after is not None and not is_question else None
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_question:
                    self.requests += [
                        line for line in data.split(b"\r\n") if line.endswith(b"HTTP/1.1")
                    ]
                if left is not None:
                    data, left = data[:left], left - len(data[:left])
                sink.sendall(data)
                if left == 0:
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def wire(target: int) -> Iterator[Wire]:
    made = Wire(target)
    try:
        yield made
    finally:
        made.close()
