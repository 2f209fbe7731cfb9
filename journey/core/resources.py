"""The files that the product carries beside its code, wherever it is installed.

A checkout has them at its top (`dbt_project/`, `expectations/`, `dagster.yaml` ...), a wheel below
`journey/shipped/`. This is the only place that knows both. Nothing is ever written there: what is
made of them belongs to a warehouse.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# The folder of the product's packages: of a checkout, or `site-packages`.
PACKAGES_DIR = PACKAGE.parent
SHIPPED_DIR = PACKAGE / "shipped"
PACKAGES = ("journey", "orchestration", "demo")


def is_checkout() -> bool:
    """Whether the product runs from a clone of its repository."""
    return not SHIPPED_DIR.is_dir()


def resource(name: str) -> Path:
    """The file or folder that a checkout has at its top under this name."""
    return (PACKAGES_DIR if is_checkout() else SHIPPED_DIR) / name


def default_home() -> Path:
    """The folder of the warehouse that is meant where none is named.

    The current folder; from a checkout its own, unless the current folder has settings.
    """
    if not is_checkout():
        return Path.cwd()
    try:
        here = Path.cwd()
    except OSError:  # it was removed
        return PACKAGES_DIR
    return here if (here / "journey.toml").is_file() else PACKAGES_DIR


def own_place(path: Path) -> Path | None:
    """A file of this product relative to its packages; None for any other file."""
    known = any(path.is_relative_to(PACKAGES_DIR / package) for package in PACKAGES)
    return path.relative_to(PACKAGES_DIR) if known else None


def own_or_shipped(shipped: Path, own: Path, pattern: str) -> dict[str, Path]:
    """The files of a shipped folder by name, and in their place or beside them a team's own."""
    return {path.name: path for folder in (shipped, own) for path in sorted(folder.glob(pattern))}
