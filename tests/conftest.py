"""Test settings: Hypothesis tries the same examples on every run, without a clock."""

from hypothesis import HealthCheck, settings

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "book", derandomize=True, deadline=None, database=None, max_examples=200, suppress_health_check=quiet
)
settings.load_profile("book")
