"""Options of the test suite: long verifications run with `--slow` only, the page in a browser with `--browser`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# The same examples every time, so that a change is judged and not luck; `--slow` searches with new ones. Machines are
# shared: how long an example takes says nothing.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("search" if config.getoption("--slow") else "same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", default=False, help="run the tests marked slow, too")
    parser.addoption("--browser", action="store_true", default=False, help="run the tests marked browser, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for mark in ("slow", "browser"):
        left = [item for item in items if mark in item.keywords]
        if left and not config.getoption(f"--{mark}"):
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if mark not in item.keywords]
