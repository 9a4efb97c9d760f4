"""A signed call to each port whose calls are secured, by the PKI of tests/security.

Knows: paths, and an element that each port takes for a request. Must not know: what is answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from ehbox_soap.ports import kgss, sts
from tests.clients.connector40 import HttpRequest
from tests.door import CONSULTATION, PUBLICATION
from tests.front import book
from tests.front.calls import post
from tests.front.cast import NURSE_BOX
from tests.front.letters import Inline, send_message
from tests.front.signed import STS_REQUEST
from tests.kgss.asking import element
from tests.security.builders import LIST_REQUEST, Call, Token, envelope

_WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
_numbers = count(1)


@dataclass(frozen=True)
class SecuredPort:
    """A port: where it is, how its calls are secured, and one call."""

    name: str
    path: str
    kind: Literal["mailbox", "sts"]
    content: str

    def request(self, call: Call | None = None) -> HttpRequest:
        """A call to it: an assertion that was never seen, and the port's own content."""
        made = replace(call or Call(), kind=self.kind, content=self.content)
        if self.kind == "mailbox":
            made = replace(made, token=replace(made.token or Token(holder=made.holder), id=f"_{next(_numbers):032x}"))
        return post(self.path, envelope(made))


SECURED = (
    SecuredPort("publication", PUBLICATION, "mailbox", send_message(Inline([NURSE_BOX]))),
    SecuredPort("consultation", CONSULTATION, "mailbox", LIST_REQUEST),
    SecuredPort(
        "address book",
        book.PATH,
        "mailbox",
        f'<SearchProfessionalsRequest xmlns="{book.NAMESPACE}" Id="_req1" IssueInstant="2026-01-15T10:00:00.000+01:00" '
        'Offset="0" MaxElements="100"><LastName>V</LastName></SearchProfessionalsRequest>',
    ),
    SecuredPort("kgss", kgss.PATH, "mailbox", element("GetKeyRequest", b"sealed")),
    SecuredPort("sts", sts.PATHS[0], "sts", STS_REQUEST),
    SecuredPort(
        "sts trust", sts.TRUST_PATH, "sts", f'<wst:RequestSecurityToken xmlns:wst="{_WST}" Context="context-1"/>'
    ),
)
MAILBOX_PORTS = tuple(each for each in SECURED if each.kind == "mailbox")
