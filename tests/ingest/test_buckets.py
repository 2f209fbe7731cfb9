"""Deliveries in a bucket of a real S3 server: copied whole, and again only where they change."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest

from journey.core.errors import ConfigurationError
from journey.ingest import sources
from journey.ingest.sources import copying
from tests.conftest import REPO
from tests.ingest.conftest import EMAIL_KEY, TODAY, Warehouse, planned
from tests.ingest.elsewhere import CREDENTIALS, Wire, s3_client, s3_server, wire
from tests.ingest.rows import csv_of, good
from tests.messages import assert_says

COPIES = "landing/fetched/s3/exports"
FETCH = """
import sys
from pathlib import Path
from journey.ingest import sources
from tests.ingest.conftest import TODAY, Warehouse
shop = Warehouse(Path(sys.argv[1]))
shop.source("orders", path="s3://exports/shop/orders_{date}.csv")
sources.fetch(shop.settings, today=TODAY)
"""
POINTS = ("landing.half_written", "landing.after_rename", "landing.before_ledger")


@pytest.fixture(scope="module")
def s3() -> Iterator[int]:
    with s3_server() as port:
        yield port


@pytest.fixture
def line(s3: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The wire to the server, on which the environment's endpoint lies."""
    with wire(s3) as made:
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{made.port}")
        monkeypatch.setattr(copying, "PAUSES", (0.01, 0.01))
        yield made


@pytest.fixture
def bucket(s3: int) -> Iterator[object]:
    """An empty bucket `exports`."""
    client = s3_client(s3)
    client.create_bucket(Bucket="exports")
    yield client
    for found in client.list_objects_v2(Bucket="exports").get("Contents", ()):
        client.delete_object(Bucket="exports", Key=found["Key"])
    client.delete_bucket(Bucket="exports")


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    warehouse.source("orders", path="s3://exports/shop/orders_{date}.csv")
    return warehouse


def put(bucket: object, day: int, *order_ids: str) -> bytes:
    rows = [good("orders", order_id=key, ordered_at=f"2026-02-0{day}") for key in order_ids]
    content = csv_of(rows).encode()
    bucket.put_object(Bucket="exports", Key=f"shop/orders_2026-02-0{day}.csv", Body=content)
    return content


def fetch(shop: Warehouse, *dates: date) -> list[sources.Unreached]:
    return sources.fetch(shop.settings, *dates, today=TODAY)


def order_ids(shop: Warehouse) -> list[str]:
    return [key for (key,) in shop.rows("orders", "order_id")]


def copies(shop: Warehouse) -> dict[str, bytes]:
    folder = shop.data_dir / COPIES
    found = [path for path in folder.rglob("*.csv") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_what_is_in_a_bucket_is_copied_and_loaded(shop, bucket, line) -> None:
    first, second = put(bucket, 1, "1"), put(bucket, 2, "2", "3")
    bucket.put_object(Bucket="exports", Key="shop/notes.txt", Body=b"of no source")
    assert fetch(shop) == []
    assert copies(shop) == {
        "shop/orders_2026-02-01.csv": first,
        "shop/orders_2026-02-02.csv": second,
    }
    assert planned(shop) == [
        f"{COPIES}/shop/orders_2026-02-01.csv",
        f"{COPIES}/shop/orders_2026-02-02.csv",
    ]
    shop.load("orders")
    assert order_ids(shop) == ["1", "2", "3"]


def test_a_bucket_without_anything_new_costs_one_listing(shop, bucket, line) -> None:
    put(bucket, 1, "1")
    fetch(shop)
    line.requests.clear()
    assert fetch(shop) == []
    assert len(line.requests) == 1, line.requests
    assert b"list-type=2" in line.requests[0]


def test_sources_that_read_the_same_files_share_their_copies(shop, bucket, line) -> None:
    shop.source("refunds", path="s3://exports/shop/orders_{date}.csv")
    put(bucket, 1, "1")
    assert fetch(shop) == []
    assert len([r for r in line.requests if r.startswith(b"GET") and b"orders" in r]) == 1
    assert len(planned(shop)) == 2


def test_a_file_that_changes_is_copied_again_and_counts_as_it_is_now(shop, bucket, line) -> None:
    put(bucket, 1, "1", "2")
    fetch(shop)
    shop.load("orders")
    changed = put(bucket, 1, "2", "3")
    fetch(shop)
    assert copies(shop) == {"shop/orders_2026-02-01.csv": changed}
    shop.load("orders")
    assert order_ids(shop) == ["2", "3"]


def test_a_file_that_is_gone_there_keeps_its_copy_and_its_rows(shop, bucket, line) -> None:
    put(bucket, 1, "1")
    fetch(shop)
    shop.load("orders")
    bucket.delete_object(Bucket="exports", Key="shop/orders_2026-02-01.csv")
    assert fetch(shop) == []
    assert planned(shop) == []
    assert len(copies(shop)) == 1


def test_a_copy_that_was_removed_or_cut_is_made_again(shop, bucket, line) -> None:
    content = put(bucket, 1, "1")
    fetch(shop)
    path = shop.data_dir / COPIES / "shop/orders_2026-02-01.csv"
    for spoil in (path.unlink, lambda: path.write_bytes(content[:5])):
        spoil()
        fetch(shop)
        assert path.read_bytes() == content


def test_only_the_dates_that_are_asked_for_are_copied(shop, bucket, line) -> None:
    for day in (1, 2, 3):
        put(bucket, day, str(day))
    fetch(shop, date(2026, 2, 2), date(2026, 2, 2))
    assert list(copies(shop)) == ["shop/orders_2026-02-02.csv"]
    fetch(shop)
    assert len(copies(shop)) == 3


def test_a_server_that_is_cut_in_the_middle_loses_and_repeats_nothing(shop, bucket, line) -> None:
    first = put(bucket, 1, "1")
    fetch(shop)
    shop.load("orders")
    second = csv_of([good("orders", order_id=f"{n}") for n in range(2, 20_000)]).encode()
    bucket.put_object(Bucket="exports", Key="shop/orders_2026-02-02.csv", Body=second)
    line.cut_after = 100_000
    unreached = fetch(shop)
    assert [found.sources for found in unreached] == [("orders",)]
    assert_says(unreached[0].sentence, "'orders'", "s3://exports/shop", "the next run tries again")
    assert list(copies(shop).values()) == [first]
    assert planned(shop) == []
    line.cut_after = None
    assert fetch(shop) == []
    assert list((shop.data_dir / COPIES).glob(".part/*")) == []
    pending = shop.load("orders")
    assert sum(result.loaded for result in pending.results) == 19_998
    assert sum(result.duplicate for result in pending.results) == 0
    assert order_ids(shop)[:2] == ["1", "10"]


def test_a_copy_that_is_killed_at_any_point_is_whole_at_the_next(shop, bucket, line) -> None:
    contents = {f"shop/orders_2026-02-0{day}.csv": put(bucket, day, str(day)) for day in (1, 2, 3)}
    for fault in POINTS:
        done = subprocess.run(
            [sys.executable, "-c", FETCH, shop.data_dir],
            env={**os.environ, "JOURNEY_FAULT": fault, "JOURNEY_EMAIL_KEY": EMAIL_KEY},
            cwd=REPO,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, fault
        assert copies(shop).items() <= contents.items(), fault
        assert (len(copies(shop)) > 0) == (fault in POINTS[1:]), fault
    assert fetch(shop) == []
    assert copies(shop) == contents
    shop.load("orders")
    assert order_ids(shop) == ["1", "2", "3"]


def test_a_bucket_that_does_not_answer_costs_its_source_alone(shop, bucket, line) -> None:
    shop.source("refunds", path="s3://exports/refunds/*")
    line.close()
    unreached = fetch(shop)
    assert [found.sources for found in unreached] == [("orders",), ("refunds",)]
    assert_says(unreached[0].sentence, "does not answer")


@pytest.mark.parametrize(
    ("path", "env", "parts"),
    [
        ("s3://no-such-bucket/x_*.csv", {}, ("no bucket 'no-such-bucket'", "its name")),
        ("s3://no-such-bucket/x.csv", {}, ("no bucket 'no-such-bucket'",)),
        (
            "s3://exports/x_*.csv",
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            ("the credentials", "are not there", "AWS_ACCESS_KEY_ID"),
        ),
    ],
)
def test_what_a_person_has_to_put_right_is_said(shop, bucket, line, monkeypatch, path, env, parts):
    for name, value in env.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    monkeypatch.setattr("journey.ingest.sources.buckets.RETRIES", {"max_retries": 0})
    shop.source("orders", path=path)
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop)
    assert_says(str(raised.value), path, *parts)
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in str(raised.value)


def test_a_missing_library_is_named_with_its_extra(shop, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ConfigurationError) as raised:
        fetch(shop)
    assert_says(str(raised.value), "obstore", "journey-warehouse[buckets]")


def test_one_file_of_a_bucket_needs_no_list(shop, bucket, line) -> None:
    shop.source("orders", path="s3://exports/shop/orders_2026-02-01.csv")
    assert fetch(shop) == []
    content = put(bucket, 1, "1")
    line.requests.clear()
    fetch(shop)
    fetch(shop)
    assert copies(shop) == {"shop/orders_2026-02-01.csv": content}
    assert not [request for request in line.requests if b"list-type" in request]


def test_names_that_no_copy_can_have_cost_their_file(shop, bucket, line) -> None:
    shop.source("orders", path="s3://exports/shop/**/*.csv")
    long = "x" * 250
    for key in ("shop/a.csv", f"shop/{long}/{long}.csv", "shop/b.csv", "shop/b.csv/c.csv"):
        bucket.put_object(Bucket="exports", Key=key, Body=csv_of([good("orders")]).encode())
    bucket.put_object(Bucket="exports", Key=f"shop/{'y' * 300}.csv", Body=b"x")
    unreached = fetch(shop)
    assert "shop/a.csv" in copies(shop)
    assert_says(unreached[0].sentence, "too long, or is a folder's too", "rename it")
