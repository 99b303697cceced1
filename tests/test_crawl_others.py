"""The other half of the pages: see ``test_crawl.py``."""

import pytest
from crawl import crawl, light, pages, short

pytest_plugins = ["browser"]
pytestmark = [pytest.mark.site, pytest.mark.browser]


def test_no_other_page_has_a_fault_or_complains(chrome, site):
    """Every rule of axe in both themes at three widths, the console, strange hosts, missing files: nothing; light."""
    crawled = crawl(chrome, site, pages()[1::2])
    assert not crawled.wrong, short(crawled.wrong)
    assert light(crawled) == ({}, {})
