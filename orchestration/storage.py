"""Where Dagster's instance keeps its state: in the data dir of the warehouse that it is about.

Named in `dagster.yaml`, whose `base_dir`s are relative to the data dir, so that the catalogue of a
warehouse never shows another's, whichever command of Dagster opens it and from wherever.
"""

from collections.abc import Mapping
from typing import Any, Self

from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._serdes import ConfigurableClassData

from journey.core.paths import resolve_data_dir


def below_data_dir(config_value: Mapping[str, Any]) -> str:
    """The whole path of a `base_dir`."""
    return str(resolve_data_dir() / config_value["base_dir"])


class RunStorage(SqliteRunStorage):
    """The runs of this warehouse."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        return cls.from_local(below_data_dir(config_value), inst_data)


class ScheduleStorage(SqliteScheduleStorage):
    """What its schedule and sensors did."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        base_dir = below_data_dir(config_value)
        return cls.from_local(base_dir, inst_data)  # type: ignore[return-value]  # as Dagster's own


class ArtifactStorage(LocalArtifactStorage):
    """What its runs leave besides."""

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        return cls(below_data_dir(config_value), inst_data)
