"""The outcome of one check as a plain value: what the gate gives, and ledger and manifests keep."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Check:
    """What one expectation found in one table. Holds counts only, never a value of a row."""

    asset: str
    check_name: str
    severity: str
    is_passed: bool
    observed: float | None
    expected: str
    unexpected_count: int | None
    element_count: int | None
    detail: str

    @property
    def suite(self) -> str:
        """The suite that asked, named as its table is."""
        return self.asset.replace("/", ".")

    @property
    def is_blocking(self) -> bool:
        """Whether this check alone stops the run."""
        return not self.is_passed and self.severity == "critical"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
