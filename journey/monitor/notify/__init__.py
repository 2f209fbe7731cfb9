"""One sentence to those who must know: in the log, to a webhook, by e-mail; each event once.

Here: how an event is reported. Not here: what is worth reporting (`failures`, `watch`).
"""

from journey.monitor.notify.deliver import Alert, send
from journey.monitor.notify.sent import set_aside_if_damaged

__all__ = ["Alert", "send", "set_aside_if_damaged"]
