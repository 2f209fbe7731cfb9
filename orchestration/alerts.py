"""One sentence to whoever must know, in the log and to the webhook of the settings."""

import json
import logging
import urllib.request

from orchestration.settings import Settings

logger = logging.getLogger("journey")
TIMEOUT_SECONDS = 10


def tell(settings: Settings, sentence: str) -> None:
    """Log `sentence` and post it as `{"text": …}` (Slack-compatible).

    A webhook that cannot be reached is logged and is no failure of the night.
    """
    logger.error("%s", sentence, extra={"step": "alert"})
    if settings.webhook_url is None:
        return
    address = settings.webhook_url.get_secret_value()
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked by the settings
        address,
        data=json.dumps({"text": sentence}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass
    except OSError as error:
        logger.warning(
            "the webhook did not answer (%s); the alert is in this log alone",
            type(error).__name__,
            extra={"step": "alert"},
        )
