"""Test settings: Hypothesis tries the same examples on every run, without a clock; what takes longest comes first."""

from hypothesis import HealthCheck, settings

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "book", derandomize=True, deadline=None, database=None, max_examples=200, suppress_health_check=quiet
)
settings.load_profile("book")

LONG = ("test_crawl", "test_crawl_others", "test_check", "test_tables", "test_engines")


def pytest_collection_modifyitems(items):
    """Files of many seconds begin, so that no worker waits at the end for another that has just begun one."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
