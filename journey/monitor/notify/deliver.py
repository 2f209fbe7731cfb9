"""Report an event through every channel of the settings, and only once.

A channel that fails is logged and fails no run. It gets the event again when that is seen
again, and the channels that took it are not.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from journey.core.paths import Paths
from journey.core.settings import Settings
from journey.monitor.notify import mail, sent, webhook

logger = logging.getLogger("journey")
Channel = Callable[[str], None]


@dataclass(frozen=True)
class Alert:
    """`event` names what happened, so that it is reported once; `sentence` says what and where.

    Counts and names only: neither may hold anything personal.
    """

    event: str
    sentence: str


def send(settings: Settings, alert: Alert) -> None:
    """Log the sentence and send it to every channel that the settings name, without full paths."""
    sentence = _below_data_folder(settings, alert.sentence)
    waiting = {
        name: send
        for name, send in _channels(settings).items()
        if not sent.was_reported(settings, alert.event, name)
    }
    if waiting:
        logger.error("%s", sentence, extra={"step": "alert"})
    for name, send in waiting.items():
        if _is_sent(settings, name, send, sentence):
            sent.remember(settings, alert.event, name)


def _channels(settings: Settings) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    if settings.webhook_url:
        channels["webhook"] = partial(webhook.send, settings.webhook_url)
    if settings.smtp_url:
        channels["mail server"] = partial(mail.send, settings, settings.smtp_url)
    return channels or {"log": _only_logged}


def _only_logged(sentence: str) -> None:
    """No other channel: the log has it already."""


def _below_data_folder(paths: Paths, sentence: str) -> str:
    """Those who are notified need no path of this machine."""
    whole = rf"(?<![\w/.-]){re.escape(str(paths.data_dir))}(?![\w-])"
    return re.sub(whole, lambda _: paths.data_dir.name, sentence)


def _is_sent(settings: Settings, name: str, send: Channel, sentence: str) -> bool:
    try:
        send(sentence)
    except Exception as error:  # whatever it is, the run is not to blame
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
