"""One sentence to whoever must know: in the log, to a webhook, by e-mail; each event once.

Here: how something is told. Not here: what is worth telling (`failures`, `watch`).
"""

from journey.monitor.notify.deliver import Alert, tell

__all__ = ["Alert", "tell"]
