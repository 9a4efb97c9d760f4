"""How clients write a request's element, which is qualified, around children that are not.

Knows: the two ways there are. Must not know: what any element means, the project.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(/?)([^<>/\s]+)([^<>]*?)(/?)>")


def element(prefix: str, name: str, namespace: str, content: str, attributes: str = "") -> str:
    """The element with its prefix; without one it has a default namespace, which each of its children takes back.

    `attributes` begin with a space or are empty.
    """
    tag = f"{prefix}:{name}" if prefix else name
    start = f'{tag} xmlns:{prefix}="{namespace}"' if prefix else f'{tag} xmlns="{namespace}"'
    if not content:
        return f"<{start}{attributes}/>"
    return f"<{start}{attributes}>{content if prefix else _unqualified(content)}</{tag}>"


def _unqualified(content: str) -> str:
    """The outermost elements with an empty default namespace of their own."""
    depth = 0

    def said(found: re.Match[str]) -> str:
        nonlocal depth
        end, name, rest, empty = found.groups()
        depth -= bool(end)
        outermost = depth == 0 and not end
        depth += not end and not empty
        return f'<{name}{rest} xmlns=""{empty}>' if outermost else found[0]

    return _TAG.sub(said, content)
