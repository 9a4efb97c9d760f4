"""The demonstration: a throw-away server, and the main job done on it over real SOAP.

Knows: the client, the command that starts a server. Must not know: what is behind HTTP.
"""

from __future__ import annotations
