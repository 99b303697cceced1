"""Test settings: the same Hypothesis examples on every run; ``--hypothesis-profile=deep`` tries many more."""

from hypothesis import HealthCheck, settings

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile(
    "book", derandomize=True, deadline=None, database=None, max_examples=200, suppress_health_check=quiet)
settings.register_profile("deep", parent=settings.get_profile("book"), derandomize=False, max_examples=5000)
settings.load_profile("book")
