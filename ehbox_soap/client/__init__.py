"""A client of eHealthBox v3: an assertion from the STS, calls signed by its holder's key, attachments by swaRef.

Knows: zeep, the contract's WSDLs, WS-Security as clients send it. Must not know: the server, its store, its rules.
"""

from __future__ import annotations
