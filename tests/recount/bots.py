"""Whether a user agent is a bot's: enough of it to tell the agents that tests and the demo use."""

from .rows import WebEvent

HUMAN_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
BOT_AGENT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
WORDS = ("bot", "crawler", "spider", "headless", "slurp", "preview", "monitor", "python", "curl")


def is_bot(event: WebEvent) -> bool:
    agent = (event.user_agent or "").lower()
    return any(word in agent for word in WORDS)
