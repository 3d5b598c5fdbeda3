"""What objects of libraries are, asked without importing the libraries."""

from __future__ import annotations

import sys


def is_a(value: object, module: str, *classes: str) -> bool:
    """Whether `value` is an instance of classes of a module that is not imported for it.

    An object of a library exists only where the library has been imported, so a module that is not there settles it;
    so does a class that is not there yet, while another thread imports the module.
    """
    there = sys.modules.get(module)
    return any(isinstance(value, kind) for name in classes if (kind := getattr(there, name, None)) is not None)
