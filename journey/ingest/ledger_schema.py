"""The tables of `ledger.sqlite`, and how an older ledger becomes one of today, in one transaction.

What the tables are for is `ledger`'s to say.
"""

import os
import sqlite3
from pathlib import Path

from journey.core import durable
from journey.core.errors import EngineError

VERSION = 7
# As version 6 made them; what came since is added to all, new ones too.
TABLES = (
    """create table facts (name text primary key, value text not null)""",
    """create table deliveries (
        source text not null, file_name text not null, sequence integer not null,
        sha256 text not null, first_seen text not null,
        primary key (source, file_name, sequence)
    )""",
    """create table digests (
        path text primary key, stamp text not null, sha256 text not null
    )""",
    """create table fetched (file_name text primary key, version text not null)""",
    """create table runs (run_id text primary key, started_at text not null)""",
    """create table files (
        source text not null, sha256 text not null, kind text not null, file_name text not null,
        delivered_on text, status text not null check (status in ('loaded', 'rejected')),
        reason text, fingerprint text not null, records integer not null,
        delivered integer not null, loaded integer not null, duplicate integer not null,
        restated integer not null, quarantined integer not null, first_event_date text,
        last_event_date text, load_id integer not null, run_id text not null,
        finished_at text not null, sequence integer not null, lineage_name text not null,
        replaced_by integer,
        primary key (source, file_name, sequence)
    )""",
    """create table quarantine (
        source text not null, file_name text not null, sequence integer not null,
        reason text not null, rows integer not null, example text not null,
        primary key (source, file_name, sequence, reason)
    )""",
    """create table joined (
        source text not null, file_name text not null, sequence integer not null,
        table_name text not null, joined_file text not null, sha256 text not null,
        rows integer not null, unreadable integer not null,
        primary key (source, file_name, sequence, table_name, joined_file)
    )""",
    """create table loads (
        kind text not null, load_id integer not null, run_id text not null,
        committed_at text not null, primary key (kind, load_id)
    )""",
    """create table replaced (
        kind text not null, source text not null, load_id integer not null,
        primary key (kind, source)
    )""",
    """create table superseded (
        kind text not null, load_id integer not null, path text not null,
        primary key (kind, path)
    )""",
    """create table withdrawn (
        kind text not null, load_id integer not null, source text not null,
        file_name text not null, files integer not null, rows integer not null,
        primary key (kind, load_id, source)
    )""",
    """create table checks (
        run_id text not null, asset text not null, check_name text not null,
        severity text not null, is_passed integer not null, observed real, expected text,
        unexpected_count integer, element_count integer, detail text not null,
        checked_at text not null
    )""",
    """create index checks_by_run on checks (run_id)""",
)
# Version 1 knew files by content alone and numbered the contents of a path as they were loaded.
OF_VERSION_3 = ("create table superseded", "create table withdrawn")
FROM_VERSION_1 = (
    """alter table files rename to files_1""",
    """alter table quarantine rename to quarantine_1""",
    *(table for table in TABLES if table.startswith(("create table facts", "create table deliv"))),
    *(table for table in TABLES if table.startswith(("create table files", "create table quara"))),
    *(table for table in TABLES if table.startswith("create table replaced")),
    *(table for table in TABLES if table.startswith("create table fetched")),
    *(table for table in TABLES if table.startswith("create table joined")),
    *(table for table in TABLES if table.startswith(OF_VERSION_3)),
    """insert into files
    select source, sha256, kind, file_name, delivered_on, replace(status, 'refused', 'rejected'),
        reason, fingerprint, records, delivered, loaded, duplicate, restated, quarantined,
        first_event_date, last_event_date, load_id, run_id, finished_at, sequence,
        case
            when status = 'loaded' and number > 1 then file_name || '#' || printf('%06d', number)
            else file_name
        end,
        null
    from (
        select *,
            row_number() over (
                partition by source, file_name order by load_id, finished_at, rowid
            ) as sequence,
            row_number() over (
                partition by source, file_name, status order by load_id, finished_at, rowid
            ) as number
        from files_1
    )""",
    """insert into deliveries
    select files.source, files.file_name, files.sequence, files.sha256,
        coalesce(arrivals.first_seen, files.delivered_on, date(files.finished_at))
    from files
    left join arrivals on files.source = arrivals.source and files.sha256 = arrivals.sha256""",
    """insert into quarantine
    select quarantine_1.source, files.file_name, files.sequence, quarantine_1.reason,
        quarantine_1.rows, quarantine_1.example
    from quarantine_1
    inner join files
        on quarantine_1.source = files.source and quarantine_1.sha256 = files.sha256""",
    # When contents that no load took were first seen, by content: their paths are not known.
    """insert into facts
    select 'first_seen/' || source || '/' || sha256, first_seen
    from arrivals
    where (source, sha256) not in (select source, sha256 from files)""",
    """drop table files_1""",
    """drop table quarantine_1""",
    """drop table arrivals""",
)
# Version 2 knew copies, which were not loaded, and kept what a path no longer held.
FROM_VERSION_2 = (
    """alter table deliveries drop column copy_of""",
    """alter table files add column replaced_by integer""",
    *(table for table in TABLES if table.startswith(OF_VERSION_3)),
)
# Version 3 called a rejected file refused, and a warning that was sent told.
FROM_VERSION_3 = (
    """alter table files rename to files_3""",
    *(table for table in TABLES if table.startswith("create table files")),
    """insert into files
    select source, sha256, kind, file_name, delivered_on, replace(status, 'refused', 'rejected'),
        reason, fingerprint, records, delivered, loaded, duplicate, restated, quarantined,
        first_event_date, last_event_date, load_id, run_id, finished_at, sequence, lineage_name,
        replaced_by
    from files_3""",
    """drop table files_3""",
    """update facts set name = 'reported/' || substr(name, 6) where name like 'told/%'""",
)
# Version 4 knew no files that are copied from elsewhere.
FROM_VERSION_4 = tuple(table for table in TABLES if table.startswith("create table fetched"))
# Version 5 knew no files that deliveries are joined with.
FROM_VERSION_5 = tuple(table for table in TABLES if table.startswith("create table joined"))
# Version 6 forgot no person.
FROM_VERSION_6 = ("""alter table files add column forgotten integer not null default 0""",)


def bring_up(connection: sqlite3.Connection, where: str) -> None:
    """Make the tables of today, from none or from those of an older version; all or nothing."""
    version = _version(connection)
    if version == VERSION:
        return
    if version < VERSION and _has_tables(connection):
        _back_up(connection, where)
    mode, connection.isolation_level = connection.isolation_level, None
    try:
        connection.execute("begin immediate")
        version = _version(connection)  # another process may have been quicker
        if version > VERSION:
            raise EngineError(
                f"{where}: this ledger was written by a newer version of Journey Warehouse; "
                "install that version, or restore a ledger of this one"
            )
        migrations = {
            0: FROM_VERSION_1 if _has_tables(connection) else TABLES,
            2: (*FROM_VERSION_2, *FROM_VERSION_3, *FROM_VERSION_4, *FROM_VERSION_5),
            3: (*FROM_VERSION_3, *FROM_VERSION_4, *FROM_VERSION_5),
            4: (*FROM_VERSION_4, *FROM_VERSION_5),
            5: FROM_VERSION_5,
        }
        for statement in (*migrations.get(version, ()), *FROM_VERSION_6):
            connection.execute(statement)
        connection.execute(f"pragma user_version = {VERSION}")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    finally:
        connection.isolation_level = mode


def _has_tables(connection: sqlite3.Connection) -> bool:
    found = connection.execute("select count(*) from sqlite_master where name = 'files'")
    return bool(found.fetchone()[0])


def _back_up(connection: sqlite3.Connection, where: str) -> None:
    """A copy of the ledger as it was, beside it, for those who go back to the version before."""
    path = Path(f"{where}.before-version-{VERSION}")
    if path.exists():
        return
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    copy = sqlite3.connect(new)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    durable.replace(new, path)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])
