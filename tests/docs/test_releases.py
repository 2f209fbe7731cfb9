"""The version, the changelog and the tags say the same; the recipe of a release keeps it so."""

import re
import shutil
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import REPO

RELEASE = re.compile(r"(\d+)\.(\d+)\.(\d+) \((\d{4}-\d{2}-\d{2})\)")


def problems(changelog: str, version: str) -> list[str]:
    """What is wrong with the headings of a changelog when the project is at this version."""
    _, *sections = re.split(r"^## ", changelog, flags=re.MULTILINE)
    headings = [section.split("\n", 1)[0].strip() for section in sections]
    if headings[:1] != ["Unreleased"]:
        return ["the first section is not Unreleased"]
    found = []
    releases = []
    for heading, section in zip(headings[1:], sections[1:], strict=True):
        match = RELEASE.fullmatch(heading)
        if match is None:
            found.append(f"'{heading}' is not a version with its date")
            continue
        *numbers, day = match.groups()
        releases.append((tuple(int(number) for number in numbers), date.fromisoformat(day)))
        if "\n- " not in section:
            found.append(f"{heading} says nothing")
    versions, days = [version for version, _ in releases], [day for _, day in releases]
    are_newest_first = versions == sorted(set(versions), reverse=True)
    if not are_newest_first or days != sorted(days, reverse=True):
        found.append("the releases are not in order, the newest first")
    if not versions or ".".join(map(str, versions[0])) != version:
        found.append(f"the newest release is not {version}, the version in pyproject.toml")
    return found


def version_in(pyproject: str) -> str:
    return tomllib.loads(pyproject)["project"]["version"]


def git(*arguments: str) -> str:
    command = ["/usr/bin/env", "git", *arguments]
    return subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True).stdout


def release(folder: Path, version: str, day: str) -> None:
    """A change, and the first step of the recipe in CONTRIBUTING."""
    changelog, pyproject = folder / "CHANGELOG.md", folder / "pyproject.toml"
    heading = f"## Unreleased\n\n## {version} ({day})\n\n- A change.\n"
    changelog.write_text(changelog.read_text().replace("## Unreleased\n", heading, 1))
    old = f'version = "{version_in(pyproject.read_text())}"'
    assert pyproject.read_text().count(old) == 1
    pyproject.write_text(pyproject.read_text().replace(old, f'version = "{version}"'))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("CHANGELOG.md", "pyproject.toml"):
        shutil.copy(REPO / name, tmp_path)
    return tmp_path


def problems_in(folder: Path) -> list[str]:
    changelog, pyproject = folder / "CHANGELOG.md", folder / "pyproject.toml"
    return problems(changelog.read_text(), version_in(pyproject.read_text()))


def test_the_changelog_ends_at_the_version_of_the_project() -> None:
    assert problems_in(REPO) == []


def test_tags_are_of_releases_and_of_commits_that_have_their_version() -> None:
    if not (REPO / ".git").exists():
        pytest.skip("this is no clone")
    changelog = (REPO / "CHANGELOG.md").read_text()
    for tag in git("tag", "--list", "v*").split():
        assert f"\n## {tag.removeprefix('v')} (" in changelog, tag
        assert version_in(git("show", f"{tag}:pyproject.toml")) == tag.removeprefix("v")


def test_the_recipe_makes_a_release(copy: Path) -> None:
    release(copy, "9.0.0", "2999-01-31")
    assert problems_in(copy) == []
    entries = (copy / "CHANGELOG.md").read_text().split("\n## ")
    assert entries[1].strip() == "Unreleased"
    assert entries[2].startswith("9.0.0 (2999-01-31)\n\n- A change.\n")


@pytest.mark.parametrize(
    ("version", "day", "sentence"),
    [
        ("0.0.9", "2999-01-31", "not in order"),
        ("9.0.0", "2020-01-31", "not in order"),
        ("9.0", "2999-01-31", "is not a version"),
    ],
)
def test_a_release_that_does_not_fit_is_found(
    copy: Path, version: str, day: str, sentence: str
) -> None:
    release(copy, version, day)
    assert any(sentence in problem for problem in problems_in(copy))


def test_a_version_without_its_entry_is_found() -> None:
    changelog = (REPO / "CHANGELOG.md").read_text()
    assert any("9.0.0" in problem for problem in problems(changelog, "9.0.0"))
