"""The address book as the connector asks it and reads what comes back.

Knows: its elements in the order and with the declarations in which the connector's JAXB classes come out of a DOM
(be.fgov.ehealth.addressbook.protocol.v1 with elementFormDefault qualified; commons.protocol.v2.RequestType, whose
XmlSeeAlso brings AuthorRequestType and with it the namespace of commons core v2 along; attributes by name), that the
SOAPAction is the operation's and the call is secured by the assertion (AddressbookTokenServiceImpl,
TokenServiceFactory: endpoint.addressbook), that its answers are validated by the connector's own copy of the XSD and
that any other status than Success is an exception (EhealthReplyValidatorImpl). Offset 0 and 100 at once is what
freehealth asks (AddressbookController's service), a call without Id what others that use the connector send. Must not
know: anything of the project but its schemas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from tests.clients.checks import check, check_schema
from tests.clients.connector40_reader import content_of_http
from tests.clients.names import ADDRESS_BOOK
from tests.clients.writing import text

COMMON = "urn:be:fgov:ehealth:commons:core:v2"
SUCCESS = "urn:be:fgov:ehealth:2.0:status:Success"
_BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(eq=False)
class LookupRefused(Exception):
    """A status that the connector makes an exception of."""

    code: str


@dataclass(frozen=True)
class BookRequest:
    """What is asked: the operation, its criteria in the contract's order, and a page where it has pages."""

    operation: str
    criteria: Sequence[tuple[str, str]]
    page: tuple[int, int] | None = (0, 100)
    """Offset and MaxElements."""

    id: str | None = None

    def content(self, now: datetime) -> str:
        """The element; moments have the machine's zone, which is taken for Brussels."""
        name = f"{self.operation[0].upper()}{self.operation[1:]}Request"
        offset, most = self.page or (0, 0)
        stated = {
            "Id": self.id,
            "IssueInstant": now.astimezone(_BRUSSELS).isoformat(timespec="milliseconds"),
            "MaxElements": str(most) if self.page else None,
            "Offset": str(offset) if self.page else None,
        }
        attributes = "".join(f' {key}="{value}"' for key, value in stated.items() if value is not None)
        inner = "".join(f"<{key}>{text(value)}</{key}>" for key, value in self.criteria)
        return f'<{name} xmlns="{ADDRESS_BOOK}" xmlns:ns2="{COMMON}"{attributes}>{inner}</{name}>'


def read_book(status: int, headers: Mapping[str, str], body: bytes, asked: BookRequest) -> etree._Element:
    """The answer to what was asked. Raises Fault, Broken, and LookupRefused for any status but Success."""
    element = content_of_http(status, headers, body)
    name = f"{asked.operation[0].upper()}{asked.operation[1:]}Response"
    check(element.tag == f"{{{ADDRESS_BOOK}}}{name}", "another answer than the operation's")
    check_schema(element)
    code = element.find(f"{{{COMMON}}}Status/{{{COMMON}}}StatusCode")
    value = "" if code is None else code.get("Value", "")
    if value != SUCCESS:
        raise LookupRefused(value)
    return element
