"""What a message says, by its parts: its wording may change without a test."""


def assert_says(message: str, *parts: str) -> None:
    """Every part is in the message, which is one line."""
    for part in parts:
        assert part in message, f"{part!r} is not in: {message}"
    assert "\n" not in message.rstrip("\n"), message
