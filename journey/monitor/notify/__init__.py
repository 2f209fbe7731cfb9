"""One sentence to whoever must know: in the log, to a webhook, by e-mail; each event once.

Here: how something is told. Not here: what is worth telling (`failures`, `watch`).
"""

from journey.monitor.notify.deliver import Alert, tell
from journey.monitor.notify.sent import set_aside_if_damaged

__all__ = ["Alert", "set_aside_if_damaged", "tell"]
