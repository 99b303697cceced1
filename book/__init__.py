"""What prints: the Sphinx extension, and in ``book.panel`` the decision panel of page and notebook."""


def setup(app):
    """Register the extension; imported only when Sphinx asks, because notebooks need the panel alone."""
    from . import extension

    return extension.setup(app)
