"""Telling an event through every channel of the settings, and only once.

A channel that fails is logged and fails no night. An event that no channel took is told again when
it is seen again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.alerts import mail, memory, webhook
from orchestration.settings import Settings

logger = logging.getLogger("journey")
Channel = Callable[[Settings, str], None]


@dataclass(frozen=True)
class Alert:
    """`event` names what happened, so that it is told once; `sentence` says it and where to look.

    Counts and names only: neither may hold anything personal.
    """

    event: str
    sentence: str


def tell(settings: Settings, alert: Alert) -> None:
    """Log the sentence and send it to every channel that the settings name."""
    if memory.was_told(settings, alert.event):
        return
    logger.error("%s", alert.sentence, extra={"step": "alert"})
    channels = _channels(settings)
    reached = [name for name, send in channels.items() if _is_sent(settings, name, send, alert)]
    if reached or not channels:
        memory.remember(settings, alert.event)


def _channels(settings: Settings) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    if settings.webhook_url:
        channels["webhook"] = webhook.send
    if settings.smtp_url:
        channels["mail server"] = mail.send
    return channels


def _is_sent(settings: Settings, name: str, send: Channel, alert: Alert) -> bool:
    try:
        send(settings, alert.sentence)
    except Exception as error:  # whatever it is, the night is not to blame
        # The error's own words may quote the address, which is a secret.
        logger.warning(
            "the %s of the settings did not take the alert (%s); look at it, the alert is in this "
            "log",
            name,
            type(error).__name__,
            extra={"step": "alert"},
        )
        return False
    return True
