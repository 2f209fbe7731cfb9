"""Where deliveries come from when they lie elsewhere: buckets, servers and databases.

A run copies files into the landing folder (`copying`) and reads queries into Parquet files there
(`extracting`); from then on they are deliveries like all others. `stores` opens what an address
names. Nothing here knows what is in a file, and nothing loads one.
"""

from journey.ingest.sources.fetching import Unreached, fetch

__all__ = ["Unreached", "fetch"]
