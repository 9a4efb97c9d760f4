"""The verbs of the command `ehbox`: options in, calls to the rooms, text or JSON out.

Knows: click, every room's entrance. Must not know: XML, SQL, rules.
"""

from __future__ import annotations
