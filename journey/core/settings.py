"""The only reader of `journey.toml` and of the environment.

Everything that a team may set without code. Where things are is said in `paths`, what is secret is
read in `secrets`. Nothing here opens a database or reads data.
"""

import os
import re
import shlex
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from journey.core import locations, memory, settings_file, sizes
from journey.core.errors import ConfigurationError
from journey.core.paths import Paths, default_config, resolve_config, resolve_data_dir
from journey.core.resources import PACKAGE
from journey.core.settings_errors import RENAMED, explain, explain_variables

# The first day of which a delivery can be a partition of its own in the catalogue.
FIRST_DAY = date(2010, 1, 1)

# A kind of data is what has a contract.
KINDS: tuple[str, ...] = tuple(
    sorted(path.stem for path in (PACKAGE / "ingest" / "contracts").glob("*.yml"))
)
if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[KINDS]

MOST_THREADS = 1024  # each is one of the operating system's, begun at once
MOST_DAYS = 36_525  # a hundred years; the calendar ends where a time and some more days lie
MOST_MINUTES = MOST_DAYS * 24 * 60
LEAST_MEMORY = "1MB"  # with less, no database opens

# One of a list: blanks around it mean nothing.
Word = Annotated[str, StringConstraints(strip_whitespace=True)]

# What SQL calls a table, without quotes.
TableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]

# One e-mail address, and nothing that could become a second header.
ADDRESS = r"^[^@\s,;<>]+@[^@\s,;<>]+$"


@cache
def _known_zones() -> set[str]:
    return available_timezones()


class Source(BaseModel):
    """One delivery of one kind: where its files are and how to read them (interface.md).

    `path` is of this machine or an address; for a source that reads a `database` it is where its
    rows are put.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", examples=["shop_orders"])
    kind: Kind
    format: str
    path: str
    where: str | None = None
    group_by: tuple[str, ...] = ()
    columns: dict[str, str] = Field(default_factory=dict)
    date_only: bool = False
    header: bool = True
    header_names: tuple[Word, ...] = ()
    tables: dict[TableName, str] = Field(default_factory=dict)
    database: str | None = None
    query: str | None = Field(None, min_length=1)
    watermark: str | None = Field(
        None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", examples=["updated_at"]
    )

    _own_dir: Path | None = PrivateAttr(default=None)

    @property
    def own_dir(self) -> Path | None:
        """Where the team keeps what is its own, a format of this source too; see `Settings`."""
        return self._own_dir

    @property
    def pattern(self) -> str:
        """Which files of this machine are its deliveries: those of `path`, or their copies."""
        return locations.local_pattern(self.path)

    @property
    def is_fetched(self) -> bool:
        """Whether runs bring its deliveries here from elsewhere."""
        return self.database is not None or locations.is_elsewhere(self.path)

    def companion(self, table: str) -> "Source":
        """Where the files of a table lie that its deliveries are joined with, as a source."""
        return self.model_copy(
            update={
                "path": self.tables[table],
                "tables": {},
                "header": True,
                "header_names": (),
                "database": None,
                "query": None,
                "watermark": None,
            }
        )

    @property
    def origin(self) -> str:
        """Where it is from, for messages."""
        if self.database is not None:
            return f"its query of {locations.require_database(self.database)}"
        return locations.located(self.path).shown if self.is_fetched else self.path

    @model_validator(mode="before")
    @classmethod
    def _a_database_is_read_into_files(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("database") is None:
            return given
        if "path" in given and given["path"] != locations.database_pattern(str(given.get("name"))):
            raise ValueError("it has a path and a database; give either")
        return {**given, "path": locations.database_pattern(str(given.get("name")))}

    @model_validator(mode="after")
    def _a_query_is_of_a_database(self) -> Self:
        for name in ("query", "watermark") if self.database is None else ():
            if getattr(self, name) is not None:
                raise ValueError(f"it has a {name} and no database to ask; give its address")
        if self.database is not None and self.query is None:
            raise ValueError("it has a database and no query; give what to ask it, in its SQL")
        return self

    @field_validator("database")
    @classmethod
    def _database_is_known(cls, database: str | None) -> str | None:
        if database is not None:
            locations.require_database(database)
        return database

    @field_validator("path")
    @classmethod
    def _only_dates_are_filled_in(cls, path: str) -> str:
        _require_dates_alone(path)
        return path

    @field_validator("tables")
    @classmethod
    def _tables_have_paths(cls, tables: dict[str, str]) -> dict[str, str]:
        for path in tables.values():
            if not path:
                raise ValueError("each table has a path; give where its files lie")
            _require_dates_alone(path)
        return tables

    @model_validator(mode="after")
    def _dates_of_tables_are_those_of_files(self) -> Self:
        dated = [table for table, path in self.tables.items() if "{date" in path]
        if dated and "{date" not in self.path:
            raise ValueError(
                f"the path of its table '{dated[0]}' has a date and its own has none; a file is "
                "joined with those of its date: write {date} in both, or take it out"
            )
        return self

    @model_validator(mode="after")
    def _names_stand_for_a_header(self) -> Self:
        if self.header and self.header_names:
            raise ValueError(
                "header_names are for files without a header: add header = false, or take them out"
            )
        if not self.header and not self.header_names:
            raise ValueError("header = false needs header_names, a list with a name for each field")
        lowered = [name.lower() for name in self.header_names]
        if "" in lowered or len(set(lowered)) < len(lowered):
            raise ValueError("each of header_names is a name of its own, whatever its case")
        return self


class Settings(Paths, BaseSettings):
    """Settings of one warehouse: what is given, else `JOURNEY_<NAME>`, else its settings file."""

    model_config = SettingsConfigDict(env_prefix="JOURNEY_", extra="forbid", frozen=True)

    data_dir: Path
    config_file: Path

    reporting_currency: str = Field("GBP", pattern=r"^[A-Z]{3}$", examples=["GBP"])
    reporting_time_zone: str = "UTC"
    orders_from: Literal["orders", "web"] = "orders"
    as_of: datetime | None = None
    stage_models: tuple[Word, ...] = ()
    keep_versions: int = Field(3, ge=1)
    full_rebuild_every_days: int = Field(0, ge=0, le=MOST_DAYS)
    max_people_per_device: int = Field(10, ge=1)
    visit_timeout_minutes: int = Field(30, ge=1, le=MOST_MINUTES)
    conversion_window_days: int = Field(30, ge=1, le=MOST_DAYS)
    experiment_window_days: int = Field(14, ge=1, le=MOST_DAYS)
    attribution_lookback_days: int = Field(30, ge=1, le=MOST_DAYS)
    split_by_order: bool = True
    own_domains: tuple[Word, ...] = ()
    payment_domains: tuple[Word, ...] = (
        "paypal.com",
        "stripe.com",
        "klarna.com",
        "adyen.com",
        "checkout.shopify.com",
        "pay.google.com",
    )
    memory_limit: str = Field(
        default_factory=memory.default_limit, pattern=sizes.PATTERN, examples=["6GB"]
    )
    threads: int | None = Field(None, ge=1, le=MOST_THREADS)
    max_unpacked_size: str = Field("50GB", pattern=sizes.PATTERN, examples=["50GB"])
    sources: tuple[Source, ...] = ()

    # Where the tables are built: in this machine's DuckDB, or on a cluster (docs/scaling.md).
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_host: str = Field("127.0.0.1", min_length=1, examples=["spark.shop.example"])
    spark_port: int = Field(10_000, ge=1, le=65_535)
    spark_schema: str = Field("journey", pattern=r"^[a-z][a-z0-9_]{0,40}$", examples=["journey"])
    spark_files: str | None = Field(
        None, pattern=r"^[a-z][a-z0-9+.-]*:/[^'`\\]*[^'`\\/]$", examples=["s3a://shop/journey"]
    )

    # How the warehouse is operated: see OPERATING_SETTINGS.
    published_group: str | None = Field(None, min_length=1, examples=["analysts"])
    serve_urls: tuple[str, ...] = ()
    keep_runs_days: int = Field(90, ge=1)
    schedule_at: str = Field("02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["02:00"])
    schedule_time_zone: str = "UTC"

    # Alerts, on which no mart depends: see ALERT_SETTINGS.
    webhook_url: SecretStr | None = None
    smtp_url: SecretStr | None = None
    alert_from: str | None = Field(None, pattern=ADDRESS, examples=["warehouse@shop.example"])
    alert_to: tuple[Annotated[str, Field(pattern=ADDRESS)], ...] = ()
    alert_late_hours: int = Field(26, ge=1)
    alert_quarantine_share: float = Field(0.05, ge=0, le=1)
    alert_recent_days: int = Field(28, ge=7)
    alert_history_runs: int = Field(28, ge=2)
    alert_min_history: int = Field(7, ge=2)
    alert_mad_threshold: float = Field(5, gt=0)
    alert_min_change: float = Field(0.01, ge=0, le=1)
    alert_min_sample: int = Field(30, ge=1)

    @field_validator("reporting_time_zone", "schedule_time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in _known_zones():
            raise ValueError(f"{value!r} is not a time zone name such as 'Europe/London'")
        return value

    @field_validator("memory_limit")
    @classmethod
    def _a_database_opens_with_it(cls, value: str) -> str:
        if sizes.bytes_of(value) < sizes.bytes_of(LEAST_MEMORY):
            raise ValueError(f"'{value}' opens no database; give {LEAST_MEMORY} or more")
        return value

    @field_validator("max_unpacked_size")
    @classmethod
    def _something_may_be_unpacked(cls, value: str) -> str:
        if not sizes.bytes_of(value):
            raise ValueError(f"'{value}' lets no file be read; give a size such as 50GB")
        return value

    @field_validator("as_of")
    @classmethod
    def _as_of_in_utc(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        return value.astimezone(UTC)

    @field_validator("serve_urls")
    @classmethod
    def _addresses_are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            parts = urlsplit(url)
            if f"{parts.scheme}://{parts.netloc}" != url or parts.scheme not in ("http", "https"):
                raise ValueError(
                    f"'{url}' is no address of a site; give scheme and host as a browser shows "
                    "them, such as https://catalogue.shop.example, without a path"
                )
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook_is_http(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            _require_url(value, "webhook address", ("https", "http"))
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server_is_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            _require_url(value, "mail server", ("smtps", "smtp"))
        return value

    @model_validator(mode="after")
    def _mails_have_ends(self) -> Self:
        if self.smtp_url and not (self.alert_from and self.alert_to):
            raise ValueError("smtp_url needs alert_from and alert_to: sender and recipients")
        return self

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [source.name for source in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are named {', '.join(twice)}; names must differ")
        return value

    @model_validator(mode="after")
    def _sources_know_what_is_the_team_s(self) -> Self:
        for source in self.sources:
            source._own_dir = self.own_dir
        return self

    @classmethod
    def load(
        cls, config: Path | str | None = None, data_dir: Path | str | None = None, **given: Any
    ) -> Self:
        """Read the settings of a warehouse.

        `config` defaults to JOURNEY_CONFIG, else the `journey.toml` of the current folder, else
        that of the checkout; `data_dir` to JOURNEY_DATA_DIR, else `data/`
        beside that file. `given` wins over both file and environment. Raises ConfigurationError
        with one sentence a mistake.
        """
        config_file = resolve_config(config)
        settings_file.require(config_file)
        given = {name: value for name, value in given.items() if value is not None}
        variables = [name for name in cls.model_fields if _variable(name) in _environment()]
        for old, new in RENAMED.items():
            if _variable(old) in _environment():
                raise ConfigurationError(
                    f"environment variable {_variable(old)}: it is called {_variable(new)} now; "
                    "rename it"
                )
        try:
            return cls(
                config_file=config_file,
                data_dir=resolve_data_dir(data_dir, config_file),
                **given,
            )
        except ValidationError as error:
            origins = {name: f"environment variable {_variable(name)}" for name in variables}
            origins |= {name: f"option --{name.replace('_', '-')}" for name in given}
            raise ConfigurationError(explain(error, cls, config_file, origins)) from None
        except SettingsError:
            raise ConfigurationError(explain_variables(cls, variables)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The first source that gives a setting decides it."""
        path = init_settings().get("config_file")
        return init_settings, env_settings, settings_file.SettingsFile(settings_cls, path)

    def command(self, arguments: str) -> str:
        """A command of journey on this warehouse, with the options that it needs."""
        words = ["journey", arguments]
        if self.config_file != default_config():
            words.append(f"--config {shlex.quote(str(self.config_file))}")
        if self.data_dir != self.config_file.parent / "data":
            words.append(f"--data-dir {shlex.quote(str(self.data_dir))}")
        return " ".join(words)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that some source delivers, in contract order."""
        return tuple(kind for kind in KINDS if any(s.kind == kind for s in self.sources))

    @property
    def dbt_target_dir(self) -> Path:
        """One for each engine: what dbt compiles for one is nothing to another."""
        own = super().dbt_target_dir
        return own if self.engine == "duckdb" else own.with_name(f"{own.name}_{self.engine}")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.reporting_time_zone)


# What decides who is notified, and no number of any mart: a change of it is no reason to rebuild.
ALERT_SETTINGS = {
    name
    for name in Settings.model_fields
    if name.startswith("alert_") or name in ("webhook_url", "smtp_url")
}

# Nor does what decides who may look, how long the catalogue remembers, and where a cluster is.
OPERATING_SETTINGS = {
    "published_group",
    "serve_urls",
    "keep_runs_days",
    "schedule_at",
    "schedule_time_zone",
    "full_rebuild_every_days",
    "spark_host",
    "spark_port",
    "spark_schema",
    "spark_files",
}


def _require_dates_alone(path: str) -> None:
    """Raise ValueError where a path has a field in braces that is no date."""
    is_address = locations.is_elsewhere(path)
    files = locations.located(path).pattern if is_address else path
    unknown = re.search(r"\{(?!date[:}])[^}]*\}", files)
    if unknown:
        raise ValueError(
            f"'{unknown[0]}' stands for nothing; write {{date:%Y-%m-%d}} where a file's name "
            "has its date, * for anything else"
        )


def _variable(name: str) -> str:
    return f"JOURNEY_{name.upper()}"


def _environment() -> set[str]:
    """The names of the environment's variables, which are settings in any case of their letters."""
    return {name.upper() for name in os.environ}


def _require_url(value: SecretStr, what: str, schemes: tuple[str, str]) -> None:
    """Nothing of the value is in the message: it holds a secret."""
    try:
        address = urlsplit(value.get_secret_value())
        is_address = address.scheme in schemes and bool(address.hostname) and address.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"a {what} is {schemes[0]}://host or {schemes[1]}://host, port and all")
