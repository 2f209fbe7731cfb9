"""One person's rights: all that is held of them, shown (`disclose`) or removed (`forget`).

Who a person is, the warehouse's identity decides (`person`); which rows are theirs is SQL over the
contracts (`ingest.tombstones`, so that what is removed now is what is dropped later).
"""
