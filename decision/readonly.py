"""Lists and dicts that cannot be edited in place: everything that the package hands out is made of them."""

from typing import Any

SAID = "this belongs to the book and cannot be edited in place; to try another rule, use what_if(...)."


def _refuse(self: Any, *_args: Any, **_named: Any) -> Any:
    raise TypeError(f"{type(self).__name__}: {SAID}")


class ReadOnlyDict(dict):
    """A dict whose content stays as it is; ``dict(x)`` and ``copy.deepcopy(x)`` give one that may be edited."""

    __setitem__ = __delitem__ = __ior__ = pop = popitem = clear = update = setdefault = _refuse

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


class ReadOnlyList(list):
    """A list whose content stays as it is; ``list(x)`` and ``copy.deepcopy(x)`` give one that may be edited."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = extend = insert = _refuse
    pop = remove = clear = sort = reverse = _refuse

    def __reduce__(self) -> Any:
        return list, (list(self),)


def freeze(x: Any) -> Any:
    """``x`` with every dict and list in it, however deep, made read-only."""
    if isinstance(x, dict):
        return ReadOnlyDict((k, freeze(v)) for k, v in x.items())
    return ReadOnlyList(map(freeze, x)) if isinstance(x, list | tuple) else x
