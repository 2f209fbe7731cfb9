"""Opening a page as a person does, in the Chromium of this machine."""

import shutil
from dataclasses import dataclass, field

import pytest

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visit:
    """What a page asked for, and what the browser complained about."""

    requests: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


def visit(address: str, shown: str) -> Visit:
    """Open `address` and wait until the text `shown` is visible."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed on this machine; `make test-ui` installs it")
    seen = Visit()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page()
        page.on("request", lambda request: seen.requests.add(request.url.split("#")[0]))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on(
            "console",
            lambda line: seen.complaints.append(line.text) if line.type == "error" else None,
        )
        page.goto(address)
        page.get_by_text(shown).first.wait_for(timeout=60_000)
        browser.close()
    seen.requests = {url for url in seen.requests if not url.startswith(("data:", "blob:"))}
    return seen
