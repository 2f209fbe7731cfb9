"""What each path of a source held, one content after the other: known by digest, and numbered.

Part of the ledger (`ledger`), which gives the connection and says when it is a transaction.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from datetime import date

from journey.ingest import machine
from journey.ingest.addresses import printable
from journey.ingest.planning.landing import Delivery, stamp_of
from journey.ingest.read.inspection import cannot_open, digest

# A file changed within this time may change again without its time stamp showing it.
SETTLED_SECONDS = 2


def digested(
    deliveries: Sequence[Delivery], remembered: Mapping[str, tuple[str, str]]
) -> tuple[list[tuple[Delivery, str, str]], dict[str, tuple[str, str]]]:
    """Each delivery with its stamp and digest, and the digests that can be remembered.

    `remembered` are stamps and digests by path.
    """
    found, fresh = [], {}
    for delivery in deliveries:
        path, stamp = printable(delivery.path), ""
        try:
            stamp = stamp_of(delivery.path)
            if path in remembered and remembered[path][0] == stamp:
                found.append((delivery, *remembered[path]))
                continue
            found.append((delivery, stamp, digest(delivery.path)))
            changed = os.stat(delivery.path).st_ctime
            if stamp_of(delivery.path) == stamp and time.time() - changed > SETTLED_SECONDS:
                fresh[path] = found[-1][1:]
        except OSError as error:
            if machine.is_gone(error, delivery.path):
                continue  # taken away since it was found
            if not machine.is_of_file(error, delivery.path):
                raise machine.stopped(f"raw/{delivery.kind}", error) from error
            unread = hashlib.sha256(os.fsencode(f"{path} {stamp}")).hexdigest()
            found.append((delivery.with_fault(cannot_open(error)), stamp, unread))
    return found, fresh


def numbered(
    connection: sqlite3.Connection, found: Sequence[tuple[Delivery, str, str]], today: date
) -> list[Delivery]:
    """Tell each path's contents apart by their sequence, and log those that are new."""
    sources = sorted({delivery.source.name for delivery, _, _ in found})
    named = f"source in ({', '.join('?' * len(sources))})"
    log = {
        (source, path): (sequence, sha256, first_seen)
        for source, path, sequence, sha256, first_seen in connection.execute(
            "select source, file_name, max(sequence), sha256, first_seen from deliveries"
            f" where {named} group by source, file_name",
            sources,
        )
    }
    rejected = {
        (source, path): sequence
        for source, path, sequence in connection.execute(
            "select source, file_name, max(sequence) from files"
            f" where status = 'rejected' and {named} group by source, file_name",
            sources,
        )
    }
    first_seen_before = {
        tuple(name.split("/")[1:]): value
        for name, value in connection.execute("select * from facts where name like 'first_seen/%'")
    }
    identified = []
    for delivery, stamp, sha256 in found:
        place = source, path = delivery.source.name, delivery.file_name
        sequence, logged, first_seen = log.get(place, (0, None, None))
        if delivery.fault:
            day = delivery.delivered_on or today
            identified.append(delivery.identified(sha256, stamp, day, sequence + 1))
            continue
        if logged != sha256:
            sequence += 1
            seen_before = first_seen_before.get((source, sha256)) if sequence == 1 else None
            first_seen = seen_before or today.isoformat()
            connection.execute(
                "insert or replace into deliveries values (?, ?, ?, ?, ?)",
                (source, path, sequence, sha256, first_seen),
            )
        if rejected.get(place, 0) > sequence:
            # What could not be read, and now can, is no content of its own.
            connection.execute(
                "delete from files where source = ? and file_name = ? and sequence > ?",
                (source, path, sequence),
            )
        day = delivery.delivered_on or date.fromisoformat(first_seen)
        identified.append(delivery.identified(sha256, stamp, day, sequence))
    return identified
