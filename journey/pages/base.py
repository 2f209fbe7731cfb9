"""The head of the pages that this project writes: one style, and a policy that loads nothing.

A page with this head asks nothing of a network, wherever it is opened from.
"""

from html import escape
from pathlib import Path

STYLE = Path(__file__).with_suffix(".css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


def head() -> str:
    """Policy and style, to stand first in a page's head."""
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
    )


def page(title: str, body: str) -> str:
    """A whole page; `title` is text, `body` is HTML."""
    return f"""<!DOCTYPE html>
<html lang="en"><head>{head()}
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>{escape(title)}</title></head>
<body><main>
{body}
</main></body></html>
"""
