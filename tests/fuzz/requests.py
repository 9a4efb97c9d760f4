"""What is sent: for each target, requests that were signed well and then, or before, edited.

Knows: clients, operations, edits. Must not know: what is answered. Each function draws what it needs; requests are
signed anew, so that none is refused as a replay of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import xmlsec
from hypothesis import reject
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import select

from ehbox_soap.ids import SeededChance
from ehbox_soap.ports.address_book import PATH as BOOK
from ehbox_soap.ports.etk_depot import PATH as ETK
from ehbox_soap.ports.kgss import PATH as KGSS
from ehbox_soap.ports.sts import TRUST_PATH as TRUST
from ehbox_soap.store.tables import message
from ehbox_soap.wire import codec, mime, types
from tests.clients.connector40 import HttpRequest
from tests.door import CERTIFIED, CONSULTATION, IDENTIFICATION, PUBLICATION, STS, Client, Door
from tests.front.calls import post
from tests.front.cast import NURSE, NURSE_BOX, SSIN, Cast
from tests.front.letters import Inline, attached, send_message, sha256
from tests.front.signed import STS_REQUEST
from tests.fuzz import good
from tests.fuzz.octets import MIME_EDITS, SPLICES, TYPES, Pieces, spliced
from tests.fuzz.trees import EDITS, edited
from tests.security.builders import SOAP, Call, Token, envelope, stamp
from tests.security.keys import NOW
from tests.wire import values

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Scene:
    """A door, who calls it, and a second door that trusts the PKI of tests/security."""

    door: Door
    people: Cast
    foreign: Door
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def caller(self) -> Client:
        return self.people.nurse

    def message_id(self, nth: int) -> str:
        """One of the newest messages that stand at the door; the 0th is none."""
        newest = select(message.c.message_id).order_by(message.c.message_key.desc()).limit(20)
        with self.door.house.store._engine.connect() as connection:
            found = ["A" * 13, *connection.execute(newest).scalars()]
        return str(found[nth % len(found)])

    def serial(self) -> int:
        """Another number each time, so that no two calls of the second door are the same."""
        return next(self.numbers)


KNOWN = (
    types.BoxId("71031499894", "INSS", "DOCTOR"),
    types.BoxId(NURSE, "INSS", "NURSE"),
    types.BoxId("71990133", "NIHII", "HOSPITAL", "HOSPITAL"),
    types.BoxId("71990133", "NIHII", "HOSPITAL"),
    types.BoxId("ALL", "INSS", "NURSE"),
)
NTH = st.integers(0, 20)
KNOWN_BOX = st.sampled_from(KNOWN)
REQUESTS = st.sampled_from(list(values.REQUESTS)).flatmap(lambda kind: values.REQUESTS[kind])
CHANCE = SeededChance(5)


def often(draw: Draw) -> bool:
    """Four times of five."""
    return bool(draw(st.sampled_from([True, True, True, True, False])))


def typed(scene: Scene, draw: Draw) -> tuple[etree._Element, tuple[mime.Part, ...]]:
    """A request of any operation, valid by the schema; mostly of boxes and messages that exist, with right digests."""
    request = draw(REQUESTS)
    changes: dict[str, object] = {}
    if hasattr(request, "box_id") and often(draw):
        changes["box_id"] = draw(st.sampled_from([None] * 6 + [KNOWN[1]] * 6 + [*KNOWN]))
    if hasattr(request, "message_id") and often(draw):
        changes["message_id"] = scene.message_id(draw(NTH))
    if hasattr(request, "message_ids") and often(draw):
        changes["message_ids"] = tuple(scene.message_id(nth) for nth in draw(st.lists(NTH, min_size=1, max_size=3)))
    request = replace(request, **changes)
    if isinstance(request, types.SendMessageRequest) and often(draw):
        request = sendable(request, draw)
    return codec.encode_request(request, CHANCE)


def sendable(request: types.SendMessageRequest, draw: Draw) -> types.SendMessageRequest:
    """The same to boxes that exist, of a content type that clients may send, with digests that hold."""
    chosen = draw(st.lists(KNOWN_BOX, min_size=1, max_size=3))
    kind = draw(st.sampled_from([types.ContentType.DOCUMENT, types.ContentType.NEWS]))
    content = request.content
    document = replace(content.document, digest=sha256(content.document.content.data))
    annexes = tuple(replace(each, digest=sha256(each.content.data)) for each in content.annexes)
    return replace(
        request,
        destinations=tuple(replace(request.destinations[0], box=box) for box in chosen),
        content=replace(content, document=document, annexes=annexes),
        specification=replace(request.specification, content_type=kind),
    )


def signed(scene: Scene, element: etree._Element, parts: tuple[mime.Part, ...] = ()) -> HttpRequest:
    """A call of the scene's caller, with its attachments."""
    content_type, body = mime.write(secured(scene, element, scene.caller.assertion), parts, "mark")
    path = PUBLICATION if element.tag.endswith("SendMessageRequest") else CONSULTATION
    return post(path, body, content_type)


def secured(scene: Scene, element: etree._Element, assertion: str | None) -> bytes:
    """The envelope around an element. One that the client's own parser refuses (an xml:id that is none) is no input."""
    content = etree.tostring(element, encoding="unicode", with_tail=False)
    try:
        return scene.caller.connector.secured(content, scene.door.now, assertion)
    except etree.XMLSyntaxError:
        reject()


def valid_values(scene: Scene, draw: Draw) -> HttpRequest:
    """Whatever the schema allows, signed: what reaches the decoders, the mailbox and the store."""
    return signed(scene, *typed(scene, draw))


def edited_content(scene: Scene, draw: Draw) -> HttpRequest:
    """A valid element, edited, then signed: what reaches the schema and the decoders."""
    element, parts = typed(scene, draw)
    return signed(scene, within(element, draw), parts)


def within(element: etree._Element, draw: Draw) -> etree._Element:
    """The element, edited; where the edits put another in its place, that one."""
    holder = etree.Element("holder")
    holder.append(element)
    edited(draw(EDITS), element)
    return next(holder.iterchildren(etree.Element), element)


def usual(scene: Scene, draw: Draw) -> HttpRequest:
    """A call as connector 4.0 makes it: plain, with attachments, or to the STS."""
    connector, now, assertion = scene.caller.connector, scene.door.now, scene.caller.assertion
    number = draw(st.integers(0, 4))
    if number == 0:
        return connector.get_messages_list(CONSULTATION, now, assertion)
    if number == 1:
        return connector.send_message(PUBLICATION, now, assertion, attached("fuzz", [NURSE_BOX]))
    if number == 2:
        content = send_message(Inline([NURSE_BOX], free=FREE))
        return post(PUBLICATION, connector.secured(content, now, assertion))
    if number == 3:
        return connector.get_full_message(CONSULTATION, now, assertion, "A" * 13)
    return token_request(scene)


FREE = "<FreeInformations><EncryptableFreeText>ZnJlZQ==</EncryptableFreeText></FreeInformations>"


def token_request(scene: Scene) -> HttpRequest:
    """A call to the STS."""
    claims = [("urn:be:fgov:ehealth:1.0:certificateholder:person:ssin", NURSE), (SSIN, NURSE)]
    asked = [(SSIN, IDENTIFICATION), (f"{SSIN}:nurse:boolean", CERTIFIED)]
    return scene.caller.connector.request_secure_token(STS, scene.door.now, claims, asked)


def mostly(draw: Draw, usual: str, others: Sequence[str]) -> str:
    """The usual value, nine times of ten."""
    return str(draw(st.sampled_from(others))) if draw(st.sampled_from(range(10))) == 9 else usual


def edited_octets(scene: Scene, draw: Draw) -> HttpRequest:
    """A call whose octets are changed anywhere, and now and then its headers."""
    request = usual(scene, draw)
    headers = tuple((name, mostly(draw, value, TYPES)) for name, value in request.headers)
    path = mostly(draw, request.path, (PUBLICATION, CONSULTATION, STS))
    return HttpRequest(path, headers, spliced(draw(SPLICES), request.body))


def edited_tree(scene: Scene, draw: Draw) -> HttpRequest:
    """A call without attachments whose envelope is edited once it is signed."""
    request = usual(scene, draw)
    if not request.body.startswith(b"<"):
        request = scene.caller.connector.get_box_info(CONSULTATION, scene.door.now, scene.caller.assertion)
    return replace(request, body=_edited(request.body, draw))


def _edited(octets: bytes, draw: Draw) -> bytes:
    root = etree.fromstring(octets)
    edited(draw(EDITS), root)
    return etree.tostring(root)


def multipart(scene: Scene, draw: Draw) -> HttpRequest:
    """A letter with attachments whose parts, header lines and boundaries are edited."""
    connector = replace(scene.caller.connector, boundary="mark")
    letter = attached("fuzz", [NURSE_BOX])
    body = connector.send_message(PUBLICATION, scene.door.now, scene.caller.assertion, letter).body
    pieces = Pieces.of(body)
    for edit in draw(MIME_EDITS):
        pieces.apply(edit)
    content_type = mostly(draw, 'multipart/related; boundary="mark"; type="text/xml"', TYPES)
    return post(PUBLICATION, pieces.octets(), content_type)


def security(scene: Scene, draw: Draw) -> HttpRequest:
    """Calls whose header, assertion or Body are edited before they are signed (the signature holds) or after."""
    kind = draw(st.sampled_from(["mailbox", "mailbox", "sts"]))
    stages = draw(st.fixed_dictionaries({}, optional={"edit": EDITS, "after": EDITS}))
    changes: dict[str, Any] = {name: _editor(edits) for name, edits in stages.items()}
    number = scene.serial()
    token = Token(id=f"_{number:032x}")
    if kind == "mailbox" and draw(st.booleans()):
        token, changes = replace(token, **changes), {}
    call = Call(kind=kind, layout=draw(st.sampled_from(["C", "E"])), token=token, created=stamp(NOW - number * TICK))
    if kind == "sts":
        call = replace(call, content=STS_REQUEST)
    return post(STS if kind == "sts" else CONSULTATION, signable(replace(call, **changes)))


TICK = timedelta(milliseconds=1)


def _editor(edits: Any) -> Callable[[etree._Element], None]:
    return lambda root: edited(edits, root)


def signable(call: Call) -> bytes:
    """The envelope; one that no signature can be put into any more is no input."""
    try:
        return envelope(call)
    except (AssertionError, etree.XMLSyntaxError, xmlsec.Error):
        reject()


def sts_content(scene: Scene, draw: Draw) -> HttpRequest:
    """A samlp:Request, edited, then signed: what reaches the STS's own reading."""
    root = etree.fromstring(token_request(scene).body)
    (content,) = root[1]
    return post(STS, secured(scene, within(content, draw), None))


def trust_content(scene: Scene, draw: Draw) -> HttpRequest:
    """A request in WS-Trust, edited, then signed."""
    content = etree.fromstring(draw(st.sampled_from(good.trust_requests())))
    return post(TRUST, secured(scene, within(content, draw), None))


def kgss_content(scene: Scene, draw: Draw) -> HttpRequest:
    """GetKey signed, GetNewKey as it is; what is sealed is not."""
    content = etree.fromstring(draw(st.sampled_from(good.KEYS_ASKED)))
    return post(KGSS, secured(scene, within(content, draw), scene.caller.assertion))


def address_book(scene: Scene, draw: Draw) -> HttpRequest:
    """A search of the address book, edited, then signed."""
    content = etree.fromstring(draw(st.sampled_from(good.SEARCHES)))
    return post(BOOK, secured(scene, within(content, draw), scene.caller.assertion))


def etk_depot(scene: Scene, draw: Draw) -> HttpRequest:
    """GetEtk, which nobody signs."""
    (text,) = good.TOKENS_ASKED
    body = f'<S:Envelope xmlns:S="{SOAP}"><S:Body>{text}</S:Body></S:Envelope>'
    return post(ETK, _edited(body.encode(), draw))


TARGETS: Mapping[str, tuple[Callable[[Scene, Draw], HttpRequest], int]] = {
    "octets": (edited_octets, 600),
    "multipart": (multipart, 450),
    "tree": (edited_tree, 600),
    "security": (security, 550),
    "sts": (sts_content, 350),
    "sts trust": (trust_content, 300),
    "kgss": (kgss_content, 200),
    "address book": (address_book, 300),
    "etk depot": (etk_depot, 250),
    "content": (edited_content, 700),
    "values": (valid_values, 350),
}
"""Each with how many of the usual inputs are its; those of the last go to both databases."""
