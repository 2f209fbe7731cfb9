"""The words by which a person is known, in every form in which a file may hold them.

An identifier that is shorter than `SHORTEST` is a number or a word that stands anywhere: it is
looked for in the columns of identifiers alone, and the receipt says how many were.
"""

import base64
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from journey.ingest import tombstones
from journey.ingest.contracts import DEVICE, HASHED_ADDRESS
from journey.ingest.read.inspection import GZIP_MAGIC
from journey.ingest.session import Session
from journey.people.person import People

SHORTEST = 6
SHORTEST_PACKED = 10
ADDRESS = re.compile(r"[^\s@<>\"',;:/?&=()\[\]{}|\\]+(?:@|%(?:25)*40|\\u0040)[\w.-]+")
WORD = re.compile(rb"[A-Za-z0-9_-]")
HASHES = ("md5", "sha1", "sha256", "sha512")
CHUNK = 1 << 22


@dataclass
class Tokens:
    """Words of people: identifiers, hashes that stand for them, and plain addresses."""

    words: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    short: int = 0

    @classmethod
    def of(cls, people: People, addresses: set[str]) -> "Tokens":
        words: set[str] = set()
        for sort in (tombstones.CUSTOMER, tombstones.ADDRESS, DEVICE):
            words |= people.of(sort)
        words |= {
            word.removeprefix(f"{HASHED_ADDRESS}:")
            for word in words
            if word.startswith(HASHED_ADDRESS)
        }
        long = {word for word in words if len(word) >= SHORTEST}
        return cls(long, {address.lower() for address in addresses}, len(words) - len(long))

    def learn(self, connection: Session, text: str, people: People) -> None:
        """Know the plain addresses of a row of theirs: those whose key is one of them."""
        for found in set(ADDRESS.findall(text)):
            plain = re.sub(r"%(?:25)*40|\\u0040", "@", found)
            if plain.lower() in self.addresses:
                continue
            key = connection.execute("select key_of_address($1)", [plain]).fetchone()
            if key and key[0] in people.of(tombstones.ADDRESS):
                self.addresses.add(plain.lower())
                for made in ("forms", "packed_forms"):
                    self.__dict__.pop(made, None)

    @cached_property
    def forms(self) -> list[bytes]:
        """What is looked for in lower case: as it is, percent-encoded, as UTF-16 and hashed."""
        found: set[bytes] = set()
        for word in self.words | self.addresses:
            plain = word.lower().encode()
            for form in (plain, quote(word.lower(), safe="").lower().encode()):
                found |= {form, *(form.decode().encode(f"utf-16-{end}") for end in ("le", "be"))}
            found |= {hashlib.new(name, plain).hexdigest().encode() for name in HASHES}
            found |= {hashlib.new(name, word.encode()).hexdigest().encode() for name in HASHES}
        return sorted(found)

    @cached_property
    def packed_forms(self) -> list[bytes]:
        """What base64 makes of the words, which stands among other signs."""
        found: set[bytes] = set()
        for word in self.words | self.addresses:
            for given in {word, word.lower()}:
                found |= set(_base64(given.encode()))
        return sorted(form for form in found if len(form) >= SHORTEST_PACKED)

    def is_in_value(self, value: object) -> bool:
        """Whether a value of a database names a person; what is packed there is unpacked."""
        if isinstance(value, bytes):
            with suppress(zlib.error):
                value = zlib.decompress(value)
            return self.is_in_bytes(bytes(value))
        return isinstance(value, str) and self.is_in(value)

    def is_in(self, text: str) -> bool:
        return self.is_in_bytes(text.encode("utf-8", errors="replace"))

    def is_in_bytes(self, content: bytes) -> bool:
        """Whether a word stands in it, and not only as a part of a longer one."""
        lowered = content.lower()
        return any(_stands_in(form, lowered) for form in self.forms) or any(
            form in content for form in self.packed_forms
        )

    def are_in(self, path: Path) -> bool:
        """Whether the bytes of a file, unpacked where it is packed, have one of them."""
        longest = max(map(len, (*self.forms, *self.packed_forms)), default=0)
        held = b""
        for chunk in _chunks(path):
            if self.is_in_bytes(held + chunk):
                return True
            held = (held + chunk)[-longest - 1 :]
        return False


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        is_packed = file.read(2) == GZIP_MAGIC
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk
    if is_packed:
        try:
            with gzip.open(path, "rb") as unpacked:
                while chunk := unpacked.read(CHUNK):
                    yield chunk
        except (OSError, EOFError):
            return  # no whole gzip: its bytes were seen


def _base64(word: bytes) -> Iterator[bytes]:
    """What base64 makes of it wherever it stands, without the signs that it shares with others."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + word)
        first = -(-shift * 8 // 6)
        last = (shift + len(word)) * 8 // 6
        url = base64.urlsafe_b64encode(b"\0" * shift + word)
        yield from (whole[first:last], url[first:last])


def _stands_in(form: bytes, content: bytes) -> bool:
    place = content.find(form)
    while place >= 0:
        end = place + len(form)
        before, after = content[max(place - 1, 0) : place], content[end : end + 1]
        if not (WORD.match(before) or WORD.match(after)):
            return True
        place = content.find(form, place + 1)
    return False
