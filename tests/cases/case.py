"""A case as its folder says it, and deliveries put into a data dir."""

import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import yaml

STEPS = ("ingest", "marts", "run")


@dataclass(frozen=True)
class Case:
    name: str
    folder: Path
    what: str
    checks: tuple[dict[str, Any], ...]
    steps: str = "ingest"
    rejected: int = 0
    exit: tuple[int, ...] = ()
    says: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    sources: tuple[dict[str, Any], ...] = ()

    @classmethod
    def read(cls, folder: Path) -> "Case":
        said = yaml.safe_load((folder / "case.yml").read_text(encoding="utf-8"))
        for name in ("checks", "exit", "says"):
            said[name] = tuple(said.get(name, ()))
        case = cls(name=folder.name, folder=folder, **said, **settings_of(folder))
        assert case.steps in STEPS, f"{folder.name}: steps is one of {', '.join(STEPS)}"
        assert case.checks or case.says, f"{folder.name}: a case without a check shows nothing"
        return case

    @property
    def runs(self) -> list[Path]:
        """The folders of its deliveries, one a run."""
        later = sorted(self.folder.glob("landing?"), key=lambda folder: folder.name)
        return [self.folder / "landing", *later]

    def sources_in(self, folder: str) -> list[dict[str, Any]]:
        """Its sources, with their files in a folder of the data dir."""
        return [source | {"path": f"{folder}/{source['path']}"} for source in self.sources]

    def deliver(self, run: int, target: Path) -> None:
        """Copy what the run `run` (from 0) finds, if it is one of this case's."""
        if run >= len(self.runs):
            return
        for path in sorted(self.runs[run].rglob("*")):
            if not path.is_file():
                continue
            landed = target / "landing" / path.relative_to(self.runs[run])
            landed.parent.mkdir(parents=True, exist_ok=True)
            if path.name.endswith(".parquet.sql"):
                write_parquet(path.read_text(encoding="utf-8"), landed.with_suffix(""))
            else:
                shutil.copy(path, landed)


def settings_of(folder: Path) -> dict[str, Any]:
    settings = tomllib.loads((folder / "journey.toml").read_text(encoding="utf-8"))
    return {"sources": tuple(settings.pop("sources")), "settings": settings}


def write_parquet(query: str, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.sql(query).write_parquet(str(path))


def cases_in(folder: Path) -> list[Case]:
    return [Case.read(path.parent) for path in sorted(folder.glob("*/case.yml"))]
