"""An alert as `{"text": …}` to a webhook: Slack, Mattermost and whatever else reads that.

A redirect is not followed: the alert would become a question without a body, and count as sent.
"""

import json
import urllib.request

from pydantic import SecretStr

TIMEOUT_SECONDS = 10


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to be raised as the error that it is."""

    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def send(url: SecretStr, sentence: str) -> None:
    """Post the sentence to the address; raises where it is not taken."""
    request = urllib.request.Request(  # noqa: S310 - the settings let http and https through
        url.get_secret_value(),
        data=json.dumps({"text": sentence}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with _opener.open(request, timeout=TIMEOUT_SECONDS):
        pass
