"""Buckets of S3 (and all that speaks as S3 does), Google Cloud Storage and Azure, by obstore.

Credentials are the environment's, under the names that each cloud's own tools use.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from journey.core.errors import ConfigurationError
from journey.core.locations import FIXED, Location
from journey.ingest.sources.stores import Content, RemoteFile
from journey.ingest.sources.unreached import GoneError, UnreachedError, extra_is_missing

PIECE_BYTES = 4 << 20
RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
# A large file takes as long as it takes; what counts is that bytes keep coming.
PATIENCE = {"connect_timeout": "10s", "read_timeout": "60s", "timeout": "24h"}
STORES = {"s3": "S3Store", "gs": "GCSStore", "az": "AzureStore"}
VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
PLAIN_ALLOWED = {
    "s3": "AWS_ALLOW_HTTP",
    "gs": "GOOGLE_ALLOW_HTTP",
    "az": "AZURE_ALLOW_HTTP",
}
STATUS = re.compile(r"status code: (\d{3})")
# Where a cloud's own machines ask who they are: asked where no variable says it.
OF_THE_MACHINE = ("169.254.169.254", "metadata.google", "AWS_METADATA_ENDPOINT", "latest/api/token")
NO_BUCKET = re.compile(r"NoSuchBucket|ContainerNotFound|bucket does not exist", re.IGNORECASE)


class Bucket:
    """One bucket or container."""

    def __init__(self, location: Location) -> None:
        try:
            import obstore
        except ImportError:
            raise extra_is_missing(location.shown, "buckets", "obstore") from None
        self.location = location
        self._obstore = obstore
        make = getattr(obstore.store, STORES[location.scheme])
        try:
            options = PATIENCE | {"allow_http": _is_plain_allowed(location)}
            self._store = make(location.host, client_options=options, retry_config=RETRIES)
        except Exception:  # whatever it lacks; its own words may quote what it has
            raise self._not_let_in("cannot be used") from None

    def files(self) -> list[RemoteFile]:
        if not FIXED.search(self.location.pattern):
            return self._one()
        found = []
        try:
            for chunk in self._obstore.list(self._store, prefix=self.location.fixed or None):
                found += [_listed(meta) for meta in chunk]
        except Exception as error:
            raise self._explained(error) from None
        return found

    def _one(self) -> list[RemoteFile]:
        """Where the address names one file, the others are not listed."""
        try:
            return [_listed(self._obstore.head(self._store, self.location.pattern))]
        except FileNotFoundError:
            pass
        except Exception as error:
            raise self._explained(error) from None
        try:  # is there such a bucket?
            next(iter(self._obstore.list(self._store, prefix=self.location.pattern)), None)
        except Exception as error:
            raise self._explained(error) from None
        return []

    @contextmanager
    def read(self, file: RemoteFile) -> Iterator[Content]:
        try:
            found = self._obstore.get(self._store, file.key)
            meta = _listed(found.meta)
            pieces = iter(found.stream(min_chunk_size=PIECE_BYTES))
        except FileNotFoundError:
            raise GoneError from None
        except Exception as error:
            raise self._explained(error) from None
        yield Content(meta.version, meta.size, self._explaining(pieces))

    def close(self) -> None:
        """There is nothing to let go of."""

    def _explaining(self, pieces: Iterator[Any]) -> Iterator[bytes]:
        while True:
            try:
                piece = next(pieces, None)
            except Exception as error:
                raise self._explained(error) from None
            if piece is None:
                return
            yield bytes(piece)

    def _explained(self, error: Exception) -> Exception:
        """Of the library's words only what is known is read: they may have a signature in them."""
        said = str(error)
        status = STATUS.search(said)
        code = status[1] if status else ""
        if "builder error" in said:
            return ConfigurationError(
                f"{self.location.shown}: the endpoint in the environment is no https:// address; "
                f"fix it, or set {PLAIN_ALLOWED[self.location.scheme]}=true for one that is yours"
            )
        if NO_BUCKET.search(said):
            return ConfigurationError(
                f"{self.location.shown}: there is no bucket '{self.location.host}'; see to its "
                "name in the settings, or to the account that the environment names"
            )
        if any(place in said for place in OF_THE_MACHINE):
            return self._not_let_in("are not there")
        if "Unauthenticated" in type(error).__name__ or code == "401":
            return self._not_let_in("are not accepted")
        if "PermissionDenied" in type(error).__name__ or code == "403":
            return self._not_let_in("may not read it")
        if code in ("301", "307", "400"):
            return ConfigurationError(
                f"{self.location.shown}: the service does not take the question ({code}); see to "
                "the region and the endpoint in the environment (AWS_REGION, AWS_ENDPOINT_URL)"
            )
        if type(error).__name__ == "InvalidPathError":
            return UnreachedError(
                "it cannot be listed, as it has a file with an empty or dotted part in its name "
                "(`//`, `..`); rename that file, or name a folder beside it"
            )
        return UnreachedError(f"it answers with {code}" if code else "it does not answer")

    def _not_let_in(self, how: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.location.shown}: the credentials of the environment {how}; set "
            f"{VARIABLES[self.location.scheme]} for the process that runs journey, and run again"
        )


def _is_plain_allowed(location: Location) -> bool:
    return os.environ.get(PLAIN_ALLOWED[location.scheme], "").lower() in ("true", "1")


def _listed(meta: Any) -> RemoteFile:
    version = meta["e_tag"] or f"{meta['last_modified']:%Y-%m-%dT%H:%M:%S.%f%z}"
    return RemoteFile(meta["path"], meta["size"], f"{version} {meta['size']}")
