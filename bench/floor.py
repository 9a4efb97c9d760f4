"""`python -m bench.floor FOLDER WORKERS ANSWER`: the same gunicorn, answering every request with one fixed body.

Knows: how the server is put under gunicorn; everything of that stays (worker class, threads, timeouts, listening).
Must not know: anything behind it. The body of a request is read whole, as the server reads it, and thrown away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ehbox_soap import config, serving

_CHUNK = 262144


class Fixed:
    """The WSGI callable."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._headers = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(answer)))]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        while environ["wsgi.input"].read(_CHUNK):
            pass
        start_response("200 OK", self._headers)
        return [self._answer]


def main(folder: str, workers: str, answer: str) -> int:
    """Serves until SIGTERM."""
    octets = Path(answer).read_bytes()
    # The one thing that differs: what a worker loads.
    serving._Application.load = lambda _: Fixed(octets)  # type: ignore[assignment,method-assign,return-value]
    settings = {"data.folder": folder, "data.database": "", "server.port": "0", "server.workers": workers}
    settings["worker.enabled"] = "false"
    return serving.serve(config.load(None, settings))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
