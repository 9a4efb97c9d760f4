"""Where the files are that ship with the package: wsdl/, xsd/ and conf/.

Knows: an installed package carries them in `_shipped`, a checkout at its top. Must not know: what is in them.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. path("xsd", "ehealthbox"); FileNotFoundError if it is not there."""
    shipped = _PACKAGE / "_shipped"
    found = (shipped if shipped.is_dir() else _PACKAGE.parent).joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError("not shipped: " + "/".join(parts))
    return found
