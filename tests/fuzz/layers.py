"""The rooms below the front door, one by one, each with inputs chosen by octets.

What they may raise is SoapFault with a code that is the caller's, or what the room says that it raises; nothing else,
and nothing takes long.

Knows: the rooms' functions, good inputs to edit. Must not know: hypothesis, atheris.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from lxml import etree

from ehbox_soap.errors import SoapFault
from ehbox_soap.ids import SeededChance
from ehbox_soap.ports.kgss import described
from ehbox_soap.sealing.errors import SealingError
from ehbox_soap.sealing.seal import unseal
from ehbox_soap.sealing.token import read_token
from ehbox_soap.security.wss import Verifier
from ehbox_soap.sts import challenge as sts_challenge
from ehbox_soap.sts import request as saml_request
from ehbox_soap.sts import trust_request
from ehbox_soap.sts.failure import StsFailure
from ehbox_soap.sts.signer import Signer
from ehbox_soap.wire import address_book, codec, contract, etk_depot, kgss, mime, soap, xml
from ehbox_soap.wire.contract import Contract
from tests.fuzz import good
from tests.fuzz.bytewise import Chosen
from tests.fuzz.octets import TYPES, Pieces
from tests.fuzz.verdict import CALLERS_FAULT, in_time
from tests.security.builders import Call, Token, envelope
from tests.security.checks import trust, verifier
from tests.security.keys import NOW, pki

Layer = Callable[[Chosen], None]
_ACTIONS = ("", '""', "urn:x", '"urn:x', "\x00", "é" * 100)


def tried(layer: Layer, octets: bytes) -> str:
    """Tries one input; what came of it. Raises whatever is no lawful outcome."""
    with in_time():
        try:
            layer(Chosen(octets))
        except SoapFault as fault:
            if fault.code not in CALLERS_FAULT:
                raise
            return fault.code
        except (SealingError, StsFailure) as error:
            return type(error).__name__
        return "good"


@cache
def _envelopes() -> tuple[bytes, ...]:
    """Calls as clients sign them; the last is one to the STS."""
    calls = Call(), Call(layout="E", token=Token(id="_" + "e" * 32)), Call(kind="sts")
    return tuple(envelope(each) for each in calls)


def envelopes(chosen: Chosen) -> None:
    """Octets to an envelope."""
    octets = chosen.spliced(chosen.pick(_envelopes()))
    opened = soap.open_envelope(xml.parse(octets, charset=chosen.pick((None, "utf-8", "us-ascii", "utf-16"))))
    soap.check_must_understand(opened.header)
    soap.check_soap_action(chosen.pick(_ACTIONS), "urn:x")


def multipart(chosen: Chosen) -> None:
    """A body to its parts."""
    pieces = Pieces.of(good.multipart())
    for _ in range(chosen.number(4)):
        pieces.apply(chosen.mime_edit())
    kind = 'multipart/related; boundary="mark"; type="text/xml"'
    if chosen.number(8) == 7:
        kind = chosen.pick(TYPES)
    message = mime.read(kind, chosen.spliced(pieces.octets()))
    assert isinstance(message.root, bytes)


@cache
def _verifier() -> Verifier:
    """One that knows the layouts of the calls that are edited."""
    by = verifier()
    for octets in _envelopes()[:-1]:
        for _ in range(4):
            opened = soap.open_envelope(xml.parse(octets))
            by.call(opened.header, opened.body)
    return by


def security(chosen: Chosen) -> None:
    """A signed envelope, edited, to a verified call; nothing that was edited is verified as something else, or as what
    nobody finds who never met its layout."""
    octets = chosen.pick(_envelopes())
    root = etree.fromstring(octets)
    chosen.edited(root, wild=True)
    opened = soap.open_envelope(xml.parse(etree.tostring(root)))
    if octets is _envelopes()[-1]:
        _verifier().sts_call(opened.header, opened.body)
        return
    verified = _verifier().call(opened.header, opened.body)
    assert verified == verifier().call(opened.header, opened.body)
    # What was signed is still what it was: only what nobody signs can have been changed.
    assert etree.tostring(verified.body[0], method="c14n", exclusive=True) == _signed_content(octets)


@cache
def _signed_content(octets: bytes) -> bytes:
    return etree.tostring(soap.open_envelope(xml.parse(octets)).content, method="c14n", exclusive=True)


def _content(chosen: Chosen, elements: tuple[str, ...]) -> etree._Element:
    """One of these elements, edited, as the parser gives it."""
    root = etree.fromstring(chosen.pick(elements))
    chosen.edited(root)
    return xml.parse(etree.tostring(root))


def _decoded(port: Callable[[], contract.Port], elements: tuple[str, ...], decode: Callable[[Any], object]) -> Layer:
    """Elements of a port to typed requests, by way of its schema."""
    made = cache(port)

    def layer(chosen: Chosen) -> None:
        element = _content(chosen, elements)
        made().validate_request(element)
        assert decode(element) is not None

    return layer


def _any_content(chosen: Chosen) -> None:
    """What is sealed for the KGSS, to values."""
    element = _content(chosen, good.KGSS_CONTENTS)
    if kgss.is_content(element):
        _kgss().validate_request(element)
        assert kgss.decode(element) is not None


@cache
def _kgss() -> contract.Port:
    return contract.Port(described())


def _sts(read: Callable[[etree._Element], object], elements: Callable[[], tuple[str, ...]]) -> Layer:
    """A request to the STS in one of its dialects, to what is wished."""

    def layer(chosen: Chosen) -> None:
        assert read(_content(chosen, elements())) is not None

    return layer


def challenge(chosen: Chosen) -> None:
    """A challenge of the STS that comes back, to what was wished."""
    signer = Signer(pki().sts.key, pki().sts.certificate)
    octets = chosen.spliced(good.challenge(signer))
    assert sts_challenge.unseal(octets.decode("latin-1"), NOW, signer) == good.pending()


def sealed(chosen: Chosen) -> None:
    """Three layers of CMS to what was sealed."""
    keys, octets = good.sealed()
    believed = trust()
    found = unseal(
        chosen.spliced(octets),
        keys,
        lambda certificate, now, others: believed.believe(certificate, "signer", now, others),
        NOW + timedelta(seconds=chosen.number(3)),
        SeededChance(1),
    )
    assert found.data == good.SEALED


def token(chosen: Chosen) -> None:
    """An ETK to its certificates."""
    read_token(chosen.spliced(good.token()))


LAYERS: Mapping[str, tuple[Layer, int]] = {
    "envelopes": (envelopes, 2400),
    "multipart": (multipart, 2400),
    "security": (security, 2400),
    "publication": (
        _decoded(lambda: Contract.load("ehealthbox").publication, good.LETTERS, lambda e: codec.decode_request(e, {})),
        1200,
    ),
    "consultation": (
        _decoded(
            lambda: Contract.load("ehealthbox").consultation, good.CONSULTATIONS, lambda e: codec.decode_request(e, {})
        ),
        1800,
    ),
    "address book": (
        _decoded(
            lambda: Contract.load("addressbook").ports[address_book.NAMESPACE],
            good.SEARCHES,
            lambda e: codec.ADDRESS_BOOK.decode_request(e, {}),
        ),
        1000,
    ),
    "etk depot": (
        _decoded(
            lambda: Contract.load("etkdepot").ports[etk_depot.NAMESPACE], good.TOKENS_ASKED, etk_depot.decode_request
        ),
        700,
    ),
    "kgss": (_decoded(_kgss, good.KEYS_ASKED, kgss.decode), 500),
    "kgss contents": (_any_content, 500),
    "sts": (_sts(saml_request.read_request, good.saml_requests), 700),
    "sts trust": (_sts(trust_request.read_request, good.trust_requests), 700),
    "challenge": (challenge, 200),
    "sealed": (sealed, 200),
    "token": (token, 300),
}
"""Each with how many of the usual inputs are its."""
