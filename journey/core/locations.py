"""Where a source's deliveries lie when they lie elsewhere, and where their copies are put.

Addresses as the settings give them, taken apart and never opened. A secret in one is the name of an
environment variable (`${NAME}`), so that an address can be shown.
"""

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from journey.core.errors import ConfigurationError

BUCKETS = ("s3", "gs", "az")
SERVERS = ("sftp", "https")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# Of the data dir: what runs have copied and read from elsewhere lies below, by where it is from.
FETCHED = "landing/fetched"

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
ADDRESS = re.compile(
    r"(?:(?P<login>[^@/]*)@)?(?P<host>\[[0-9a-fA-F:]+\]|[^@/:]*)(?::(?P<port>\d+))?"
)
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_OPTION = re.compile(r"[?&;][^=&;]*(?:password|passwd|pwd|token|secret|key)=(?!\$\{)", re.I)
FIXED = re.compile(r"[*?{]")

DATABASES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mssql": "sqlserver",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
}


@dataclass(frozen=True)
class Location:
    """A bucket or server, and which of its files: `pattern` is a path with wildcards and dates."""

    scheme: str
    login: str
    host: str
    port: int | None
    pattern: str

    @property
    def shown(self) -> str:
        """The address for messages, without who logs in."""
        return f"{self.root}/{self.pattern}"

    @property
    def root(self) -> str:
        """Bucket or server alone."""
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "")

    @property
    def folder(self) -> str:
        """Below the data dir, where copies of its files lie: two users may see different files."""
        user = re.sub(r"[^A-Za-z0-9_.-]", "", self.login.partition(":")[0])
        parts = [self.host.strip("[]").replace(":", "_")]
        parts += [f"_{self.port}"] if self.port else []
        parts += [f"+{user}"] if user else []
        return f"{FETCHED}/{self.scheme}/{''.join(parts)}"

    @property
    def fixed(self) -> str:
        return fixed_folder(self.pattern)

    @property
    def user(self) -> str | None:
        return filled_in(self.login.partition(":")[0], self.shown) or None

    @property
    def password(self) -> str | None:
        return filled_in(self.login.partition(":")[2], self.shown) or None


def fixed_folder(pattern: str) -> str:
    """The folder of a pattern below which all its files lie."""
    return FIXED.split(pattern, maxsplit=1)[0].rpartition("/")[0]


def is_elsewhere(path: str) -> bool:
    """Whether a source's path is an address, not a file of this machine."""
    return SCHEME.match(path) is not None


def located(path: str) -> Location:
    """An address taken apart. Raises ValueError that says what is wrong with it."""
    found = SCHEME.match(path)
    scheme = found[1] if found else ""
    place, _, pattern = path[len(scheme) + 3 :].partition("/")
    parts = ADDRESS.fullmatch(place)
    if scheme not in (*BUCKETS, *SERVERS, "http"):
        raise ValueError(
            f"nothing is read from '{scheme}://'; give a path below the data dir, or an address "
            f"that begins with {', '.join(f'{known}://' for known in (*BUCKETS, *SERVERS))}"
        )
    if parts is None or not parts["host"] or FIXED.search(parts["host"]):
        raise ValueError(
            f"after {scheme}:// comes the name of one "
            f"{'bucket' if scheme in BUCKETS else 'server'}, and after a slash which files of it"
        )
    if scheme == "http" and parts["host"] not in LOOPBACK:
        raise ValueError("what http:// carries can be read and changed on its way; use https://")
    login = parts["login"] or ""
    if login and scheme in BUCKETS:
        raise ValueError(
            "the address of a bucket has no login; set the variables of its cloud (see the guide)"
        )
    _require_no_password(login)
    if scheme in ("https", "http") and "?" in pattern:
        raise ValueError("an address with a question (`?…`) names no file; give one without")
    if not pattern or pattern.endswith("/"):
        raise ValueError("it names no file; end it with a name, or with * for all of a folder")
    port = int(parts["port"]) if parts["port"] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError("its port is none; give one from 1 to 65535, or leave it out")
    if ".." in pattern.split("/"):
        raise ValueError("`..` leads nowhere there; give the path without it")
    return Location(scheme, login, parts["host"], port, pattern)


def local_pattern(path: str) -> str:
    """Which files of this machine a source's path means: those themselves, or their copies."""
    if not is_elsewhere(path):
        return path
    location = located(path)
    return f"{location.folder}/{location.pattern}"


def database_folder(source: str) -> str:
    """Where, of the data dir, what a source reads from a database lies."""
    return f"{FETCHED}/database/{source}"


def database_pattern(source: str) -> str:
    """Which files of it are deliveries."""
    return f"{database_folder(source)}/*.parquet"


def require_database(address: str) -> str:
    """The kind of a database by its address. Raises ValueError that says what is wrong with it."""
    found = SCHEME.match(address)
    scheme = found[1] if found else ""
    if scheme not in DATABASES:
        known = ", ".join(f"{known}://" for known in DATABASES if known != "postgres")
        raise ValueError(
            f"no database is read at such an address; give one that begins with {known}"
        )
    place = address[len(scheme) + 3 :]
    _require_no_password(place.partition("/")[0].rpartition("@")[0])
    if SECRET_OPTION.search(place):
        _require_no_password(":literal")
    return DATABASES[scheme]


def filled_in(text: str, where: str, *, quoted: bool = False) -> str:
    """The text with the values of the environment variables that it names.

    With `quoted`, they are written as in an address. Raises ConfigurationError for one that is not
    set.
    """

    def value(found: re.Match[str]) -> str:
        given = os.environ.get(found[1])
        if not given:
            raise ConfigurationError(
                f"{where}: environment variable {found[1]} is not set; set it for the process that "
                "runs journey, or see to its name in the settings"
            )
        return quote(given, safe="") if quoted else given

    return VARIABLE.sub(value, text if quoted else unquote(text))


def _require_no_password(login: str) -> None:
    """The message does not show what was given: it is a secret."""
    _, colon, password = login.partition(":")
    if colon and not VARIABLE.fullmatch(password):
        raise ValueError(
            "a password does not belong into the settings; put it into an environment variable and "
            "write ${NAME_OF_THE_VARIABLE} in its place"
        )
