"""Commands of the workshop: each module is one `make` target."""
