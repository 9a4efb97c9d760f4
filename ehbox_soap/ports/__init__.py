"""The ports: Spyne's shell around the rooms.

Importing any of them makes Spyne importable and quiet first, whatever order the modules below import it in.
"""

from __future__ import annotations

from ehbox_soap.ports import compat

__all__ = ["compat"]
