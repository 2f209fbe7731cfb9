"""An alert as a plain e-mail through the server of `smtp_url`, encrypted wherever that is offered.

    smtp://user:password@mail.example:587    upgraded by STARTTLS where the server offers it
    smtps://user:password@mail.example       encrypted from the first byte

A password never travels in the clear to another machine.
"""

import smtplib
import ssl
import textwrap
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr

from journey.core.settings import Settings

TIMEOUT_SECONDS = 10
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SUBJECT_LENGTH = 68  # one line, with its name


class UnencryptedError(Exception):
    """The server offers no encryption and a password would have to be sent."""


def send(settings: Settings, url: SecretStr, sentence: str) -> None:
    """Send the sentence from `alert_from` to `alert_to` by this server; raises where it fails."""
    with _connection(urlsplit(url.get_secret_value())) as server:
        server.send_message(_message(settings, sentence))


def _connection(address: SplitResult) -> smtplib.SMTP:
    host = address.hostname or ""
    port = address.port or PORTS[address.scheme]
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if address.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        is_encrypted = True
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        is_encrypted = server.has_extn("starttls")
        if is_encrypted:
            server.starttls(context=context)
    if address.username:
        if not is_encrypted and host not in LOOPBACK:
            server.close()
            raise UnencryptedError
        server.login(unquote(address.username), unquote(address.password or ""))
    return server


def _message(settings: Settings, sentence: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.alert_from
    message["To"] = ", ".join(settings.alert_to)
    message["Subject"] = textwrap.shorten(f"Journey Warehouse: {sentence}", SUBJECT_LENGTH)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(sentence)
    return message
