"""What pages of other sites can do to the catalogue that a browser on this machine can reach.

`evil.test` is a name that its owner lets point at this machine, `other.test` a site of its own.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.conftest import make_shop
from tests.orchestration.served import Served, served
from tests.ui.conftest import ARGUMENTS, CHROMIUM

# `tests/orchestration` sends the same requests without a browser.
pytestmark = pytest.mark.slow

ELSEWHERE = "--host-resolver-rules=MAP *.test 127.0.0.1"
IS_PAUSED = "{ instance { autoMaterializePaused } }"
MUTATION = "mutation { setAutoMaterializePaused(paused: %s) }"
# Every way in which a page can send something without being allowed to read the answer.
ATTEMPTS = """async ([target, mutation]) => {
    const body = JSON.stringify({query: mutation});
    const told = {};
    const attempt = async (name, options, query = '') => {
        try {
            const answer = await fetch(target + '/graphql' + query, options);
            told[name] = answer.type + ' ' + answer.status;
        } catch (error) { told[name] = 'blocked'; }
    };
    const asked = '?query=' + encodeURIComponent(mutation);
    await attempt('get', {mode: 'no-cors'}, asked);
    await attempt('cors get', {}, asked);
    await attempt('plain', {method: 'POST', mode: 'no-cors', body});
    await attempt('mixed', {method: 'POST', mode: 'no-cors', body,
        headers: {'Content-Type': 'text/plain; application/json'}});
    await attempt('json', {method: 'POST', body, headers: {'Content-Type': 'application/json'}});
    await attempt('read', {method: 'POST', body: '{"query":"{ version }"}',
        headers: {'Content-Type': 'application/json'}});
    await new Promise(done => {
        const image = new Image();
        image.onload = image.onerror = done;
        image.src = target + '/graphql' + asked;
    });
    navigator.sendBeacon(target + '/graphql', new Blob([body], {type: 'text/plain'}));
    told.socket = await new Promise(done => {
        const socket = new WebSocket(target.replace('http', 'ws') + '/graphql', 'graphql-ws');
        socket.onopen = () => done('open');
        socket.onerror = () => done('blocked');
    });
    told.form = await new Promise(done => {
        const frame = document.createElement('iframe');
        frame.name = 'answer';
        document.body.append(frame);
        const form = document.createElement('form');
        Object.assign(form, {method: 'POST', enctype: 'text/plain', target: 'answer',
            action: target + '/graphql' + asked});
        document.body.append(form);
        frame.onload = () => done('sent');
        form.submit();
    });
    return told;
}"""


class Elsewhere(BaseHTTPRequestHandler):
    """Any page of another site."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>elsewhere</title><body>")

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def elsewhere() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def browser(player: Playwright) -> Iterator[Browser]:
    started = player.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, ELSEWHERE])
    yield started
    started.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(make_shop(tmp_path_factory.mktemp("operated") / "shop"), "--operate") as operated:
        yield operated


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def is_paused(site: Served) -> bool:
    return site.ask(IS_PAUSED)[1]["instance"]["autoMaterializePaused"]


@pytest.mark.parametrize("host", ["other.test", "127.0.0.1", "localhost"])
def test_a_page_from_elsewhere_commands_and_reads_nothing(
    page: Page, site: Served, host: str
) -> None:
    """Another site, and another program's page on this machine."""
    before = is_paused(site)
    changed = "false" if before else "true"
    with elsewhere() as port:
        page.goto(f"http://{host}:{port}/")
        said = page.evaluate(ATTEMPTS, [f"http://127.0.0.1:{site.port}", MUTATION % changed])
    assert {said[name] for name in ("cors get", "json", "read", "socket")} == {"blocked"}, said
    assert is_paused(site) == before, said


def test_a_name_that_points_here_shows_nothing_of_the_catalogue(page: Page, site: Served) -> None:
    """DNS rebinding: to the browser this page and its requests are of one origin."""
    before = is_paused(site)
    answer = page.goto(f"http://evil.test:{site.port}/")
    assert answer.status == 421
    assert "serve_urls" in page.content()
    said = page.evaluate(
        ATTEMPTS, [f"http://evil.test:{site.port}", MUTATION % ("false" if before else "true")]
    )
    assert said["json"] == "basic 421"
    assert said["read"] == "basic 421"
    assert said["socket"] == "blocked"
    assert is_paused(site) == before


def test_the_catalogue_is_shown_in_no_frame(page: Page, site: Served) -> None:
    with elsewhere() as port:
        page.goto(f"http://other.test:{port}/")
        page.set_content(f'<iframe src="http://127.0.0.1:{site.port}/runs"></iframe>')
        page.wait_for_timeout(1000)
        framed = [frame for frame in page.frames if frame != page.main_frame]
        assert all("Dagster" not in frame.content() for frame in framed)


def test_its_own_page_works_commands_included(page: Page, site: Served, tmp_path: Path) -> None:
    faults: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and faults.append(answer.url))
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"http://127.0.0.1:{site.port}/assets")
    page.get_by_text("Catalog").first.wait_for()
    before = is_paused(site)
    changed = page.evaluate(
        """async mutation => (await (await fetch('/graphql', {method: 'POST',
            headers: {'Content-Type': 'application/json'},
            body: JSON.stringify({query: mutation})})).json()).data""",
        MUTATION % ("false" if before else "true"),
    )
    assert changed == {"setAutoMaterializePaused": not before}
    assert is_paused(site) != before
    assert faults == []
    assert sockets


def test_a_link_from_elsewhere_leads_to_a_page(page: Page, site: Served) -> None:
    with elsewhere() as port:
        page.goto(f"http://other.test:{port}/")
        page.set_content(f'<a href="http://127.0.0.1:{site.port}/runs">runs</a>')
        with page.expect_navigation() as navigated:
            page.get_by_text("runs").click()
        assert navigated.value.status == 200
