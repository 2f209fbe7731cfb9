"""What real tools, disks and browsers hand over: small deliveries, and what must come of them.

A folder a case. `journey.toml` holds settings and sources (paths below `landing/`), `landing/` the
files of the first run, `landing2/` and so on what later runs find copied over them. A file named
`x.parquet.sql` is the query of a Parquet file `x.parquet`. `case.yml`:

    what     the case in a sentence
    steps    ingest (the default): files are loaded, no more
             marts: they are built too, together with all cases of the same settings, so identifiers
             must be this case's own and queries of marts must ask for them
             run: `journey run`, whole; `exit` is the exit code of each run, `says` what is printed
    rejected how many files are rejected in all runs (default 0)
    checks   `sql` and the `rows` it gives, over raw_<kind>, quarantine_<kind> (of this case's
             sources alone), files (what the ledger says of each file) and, but for `ingest`, the
             marts by name

An identifier of a case with marts begins with a word of the case; so do its sources' names.
"""

import pytest

pytest.register_assert_rewrite("tests.cases.outcome")
