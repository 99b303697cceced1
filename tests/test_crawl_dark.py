"""Every page in dark colours, wide and on phones: see ``test_crawl.py``."""

import pytest
from crawl import crawl, pages, short

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]


def test_no_page_has_a_fault_in_dark_colours(chrome, site):
    """Axe with every rule at 1280 and 320 pixels, and the console: nothing. At 360 it is tried in light colours."""
    found = crawl(chrome, site, "dark", pages(), (1280, 320))
    assert not found.wrong, short(found.wrong)
