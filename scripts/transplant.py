"""Makes a module that is in use behave like a changed copy of itself.

Others hold references to its functions and classes, so these stay, and get the code
of the copy. Other values are replaced wherever they are bound to the same name.
"""

from types import CodeType
from types import FunctionType
from types import MemberDescriptorType
from types import ModuleType
from typing import Any

import sys


_OF_THE_CLASS = frozenset(
    [
        "__dict__",
        "__weakref__",
        "__module__",
        "__doc__",
        "__qualname__",
        "__annotations__",
        "__slots__",
        "__dataclass_fields__",
        "__dataclass_params__",
        "__abstractmethods__",
        "_abc_impl",
        "__provides__",
        "__implemented__",
        "__providedBy__",
        "__firstlineno__",
        "__static_attributes__",
    ]
)


def take_over(module: ModuleType, code: CodeType) -> None:
    """Let a module do what this code says."""
    changed = ModuleType(module.__name__)
    changed.__file__ = module.__file__
    changed.__package__ = module.__package__
    exec(code, vars(changed))  # the code is made of the module's own
    for name, new in list(vars(changed).items()):
        old = vars(module).get(name)
        if name.startswith("__") or new is old:
            continue
        if not _transplanted(old, new, module.__name__):
            _rebind(name, old, new, module)


def clear_caches(package: str) -> None:
    """Forget what lru_cache keeps for the functions of a package."""
    for name, module in list(sys.modules.items()):
        if name.startswith(package) and module is not None:
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def _transplanted(old: Any, new: Any, module: str) -> bool:
    """Whether the old object could be made to do what the new one does."""
    if getattr(new, "__module__", None) != module:
        return False
    if isinstance(old, type) and isinstance(new, type):
        _class(old, new, module)
        return True
    inner = getattr(old, "__wrapped__", None), getattr(new, "__wrapped__", None)
    if None not in inner:
        return _function(*inner)
    return _function(old, new)


def _function(old: Any, new: Any) -> bool:
    if not isinstance(old, FunctionType) or not isinstance(new, FunctionType):
        return False
    try:
        old.__code__ = new.__code__
    except ValueError:
        # It closes over other variables.
        return False
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
    return True


def _class(old: type, new: type, module: str) -> None:
    for name, value in list(vars(new).items()):
        if name in _OF_THE_CLASS or isinstance(value, MemberDescriptorType):
            continue
        if not _attribute(vars(old).get(name), value, module):
            setattr(old, name, value)
    for name in vars(old).keys() - vars(new).keys() - _OF_THE_CLASS:
        delattr(old, name)


def _attribute(old: Any, new: Any, module: str) -> bool:
    if isinstance(old, (staticmethod, classmethod)) and type(old) is type(new):
        return _function(old.__func__, new.__func__)
    if isinstance(old, property) and isinstance(new, property):
        pairs = [(old.fget, new.fget), (old.fset, new.fset)]
        return all(_function(a, b) for a, b in pairs if a is not None)
    return _transplanted(old, new, module)


def _rebind(name: str, old: Any, new: Any, module: ModuleType) -> None:
    for other in list(sys.modules.values()):
        if isinstance(other, ModuleType) and vars(other).get(name) is old:
            setattr(other, name, new)
    setattr(module, name, new)
