"""Local servers that take what alerts send, and keep it for a test to look at."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default


@dataclass
class Sink:
    """What arrived: posts and other questions, or mails and the SMTP commands that brought them."""

    url: str
    posts: list[dict] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


@contextmanager
def webhook_sink(status: int = 200, location: str | None = None) -> Iterator[Sink]:
    """An HTTP server that keeps every post and answers `status`, with `location` where given."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.posts.append(json.loads(body))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def do_GET(self) -> None:
            sink.asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _serving(http.server.HTTPServer(("127.0.0.1", 0), Handler)) as port:
        sink = Sink(f"http://127.0.0.1:{port}/hook-secret")
        yield sink


@contextmanager
def mail_sink(extensions: tuple[str, ...] = (), *, refuses: bool = False) -> Iterator[Sink]:
    """An SMTP server that keeps every mail; it names `extensions` and has none of them but AUTH."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 sink")
            for line in iter(self.rfile.readline, b""):
                command = line.decode().strip()
                sink.commands.append(command)
                match command.split(" ", 1)[0].upper():
                    case "EHLO":
                        for name in ("sink", *extensions[:-1]):
                            self.say(f"250-{name}")
                        self.say(f"250 {extensions[-1] if extensions else 'HELP'}")
                    case "AUTH":
                        self.say("235 welcome")
                    case "STARTTLS":
                        self.say("454 not today")
                    case "RCPT" if refuses:
                        self.say("550 nobody of that name")
                    case "DATA":
                        self.say("354 go on")
                        # A dot at the beginning of a line is doubled on its way.
                        lines = iter(self.rfile.readline, b".\r\n")
                        body = b"".join(line.removeprefix(b".") for line in lines)
                        sink.mails.append(message_from_bytes(body, policy=default))
                        self.say("250 kept")
                    case "QUIT":
                        self.say("221 bye")
                        return
                    case _:
                        self.say("250 fine")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        sink = Sink(f"smtp://127.0.0.1:{port}")
        yield sink


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
