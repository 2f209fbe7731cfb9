"""An alert as `{"text": …}` to a webhook: Slack, Mattermost and whatever else reads that."""

import json
import urllib.request

from orchestration.settings import Settings

TIMEOUT_SECONDS = 10


def send(settings: Settings, sentence: str) -> None:
    """Post the sentence to `webhook_url`; raises where it is not taken."""
    request = urllib.request.Request(  # noqa: S310 - the settings let http and https through
        settings.webhook_url.get_secret_value(),
        data=json.dumps({"text": sentence}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass
