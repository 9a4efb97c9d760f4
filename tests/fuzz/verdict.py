"""What may come out: an answer that a client can read, or a fault of the table, in the form that clients understand.

Knows: the codes, how clients read. Must not know: what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from lxml import etree
from sqlalchemy import func, select

from ehbox_soap import clock
from ehbox_soap.ports import etk_depot, kgss, sts
from ehbox_soap.store.tables import delivery, message
from tests.clients import connector40_reader
from tests.clients.connector40 import SAMLP, HttpRequest
from tests.door import STS, Door, content_of
from tests.front import book
from tests.front.calls import told

CALLERS_FAULT = frozenset({"SOA-01001", "SOA-01002", *(f"SOA-0300{n}" for n in range(1, 8))})
"""SOA-00001 would be a mistake of ours, and SOA-0200x is no answer to anything that a caller can write."""
PATIENCE_SECONDS = 20.0
"""Far more than any input may keep a processor busy."""


@contextmanager
def in_time() -> Iterator[None]:
    """Demands that this thread does not work for long; what others of the machine do does not count."""
    before = clock.worked()
    yield
    assert clock.worked() - before < PATIENCE_SECONDS


def sent(door: Door, request: HttpRequest) -> str:
    """Sends it and demands that what comes back is lawful; the fault's code, or that of the answer."""
    before = _stored(door)
    with in_time():
        answer = door.send(request)
    if answer.status == 500:
        fault = told(answer)
        assert fault.code in CALLERS_FAULT, fault.octets
        assert _stored(door) == before, "a fault left something behind"
        return fault.code
    assert answer.status == 200
    if request.path in OTHERS:
        return OTHERS[request.path](content_of(answer))
    if request.path == STS:
        status = content_of(answer).find(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusCode")
        assert status is not None
        return status.get("Value", "")
    return connector40_reader.read(answer.status, dict(answer.headers), answer.body).code


def _book_code(content: etree._Element) -> str:
    """Valid by the contract; the code of its Status."""
    book.PORT.validate_answer(content)
    return [str(each.get("Value")) for each in content.iterfind("common:Status//common:StatusCode", book.NS)][-1]


def _plain_code(content: etree._Element) -> str:
    code = content.findtext("{*}Status/Code")
    assert code in ("100", "200", "400")
    return code


def _trust_code(content: etree._Element) -> str:
    """An assertion or a challenge, or there would have been a fault."""
    (found,) = (
        each for name in ("SignChallenge", "RequestedSecurityToken") for each in content.iterfind(f"{{*}}{name}")
    )
    return etree.QName(found).localname


OTHERS: Mapping[str, Callable[[etree._Element], str]] = {
    book.PATH: _book_code,
    etk_depot.PATH: _plain_code,
    kgss.PATH: _plain_code,
    sts.TRUST_PATH: _trust_code,
}
"""The services besides the mailbox and the SAML dialect of the STS: what an answer of theirs says."""


def _stored(door: Door) -> tuple[int, ...]:
    with door.house.store._engine.connect() as connection:
        counts = (select(func.count()).select_from(table) for table in (message, delivery))
        return tuple(connection.execute(count).scalar_one() for count in counts)
