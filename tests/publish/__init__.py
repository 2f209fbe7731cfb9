import pytest

pytest.register_assert_rewrite("tests.publish.versions")
