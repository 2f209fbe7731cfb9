"""What a library imports and hardly uses is imported when it is used."""

import subprocess
import sys

import pytest

from tests.conftest import REPO


@pytest.mark.parametrize(
    "code",
    [
        # Held meanwhile, imported when used, and the same for all who import it afterwards.
        """
        with postponed("colorsys"):
            import colorsys as held
        assert "colorsys" not in sys.modules
        assert held.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
        import colorsys
        assert colorsys is not held
        assert held.rgb_to_hsv is colorsys.rgb_to_hsv
        """,
        # Used meanwhile, imported then.
        """
        with postponed("colorsys"):
            import colorsys as held
            assert held.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
            import colorsys
        assert colorsys is sys.modules["colorsys"] is not held
        """,
        # A module of a package too, and what the package says of it afterwards.
        """
        with postponed("scipy.stats"):
            from scipy import stats as held
        assert "scipy.stats" not in sys.modules
        import scipy.stats
        assert held.norm is scipy.stats.norm
        from scipy.stats import distributions
        """,
        # What is imported already is left alone.
        """
        import colorsys
        with postponed("colorsys"):
            import colorsys as held
        assert held is colorsys is sys.modules["colorsys"]
        """,
        # The gate judges without pictures and without distributions.
        """
        import journey.checks.engine
        assert not {"altair", "scipy.stats"} & set(sys.modules)
        """,
        # Missing meanwhile, as where it is not installed, and there for all afterwards.
        """
        with absent("colorsys", "json.tool"):
            for name in ("colorsys", "json.tool"):
                try:
                    __import__(name)
                except ModuleNotFoundError:
                    continue
                raise AssertionError(name)
        import colorsys, json.tool
        """,
        # What is imported already is not hidden.
        """
        import colorsys
        with absent("colorsys"):
            import colorsys as held
        assert held is colorsys is sys.modules["colorsys"]
        """,
    ],
    ids=[
        "a module",
        "used meanwhile",
        "of a package",
        "imported before",
        "the gate",
        "absent",
        "absent but imported before",
    ],
)
def test_modules_are_imported_when_they_are_used(code: str) -> None:
    lines = [
        "import sys",
        "from journey.core.postponed import absent, postponed",
        *code.split("\n"),
    ]
    program = "\n".join(line.removeprefix(" " * 8) for line in lines)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
