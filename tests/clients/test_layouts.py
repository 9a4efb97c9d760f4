"""The models write what the real clients wrote, byte for byte.

Both were recorded on a test network with made-up people: connector 4.0 and e-Contract's client. Of each request stands
here the SHA-256 of its skeleton (skeleton.py: all but the values), and of some the digests that the real client
computed for the ids and moments that it stated. What else is known of their layout is said in words below.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain, repeat

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.clients.conftest import NOW, identifiers
from tests.clients.connector40 import Connector3, Connector40, Connector42, Destination, File, HttpRequest, Letter
from tests.clients.dsig import parsed
from tests.clients.econtract import EContract, EContractEmptyPrefixes
from tests.clients.medikit import Medikit
from tests.clients.model import Identification
from tests.clients.names import CERTIFIED, DS, IDENTIFICATION, SOAP, WSSE, WSU
from tests.clients.operations import Model
from tests.clients.skeleton import skeleton

SSIN, HOLDER = "urn:be:fgov:person:ssin", "urn:be:fgov:ehealth:1.0:certificateholder:person:ssin"
CLAIMS = [(HOLDER, "79021802145"), (SSIN, "79021802145")]
ASKED = [(HOLDER, IDENTIFICATION), (SSIN, IDENTIFICATION)]
MORE = [(f"{SSIN}:{name}", CERTIFIED) for name in ("ehealth:1.0:doctor:nihii11", "doctor:boolean", "nurse:boolean")]
ANNEXES = [File("annex 0", "annex0.bin", "application/octet-stream", bytes(range(256)))] * 2
OF_C = Letter(
    "VS2KGCNX",
    [Destination("85041310259", "INSS", "NURSE")],
    File("Titel", "body.txt", "text/plain", b"hello body"),
    ANNEXES,
    free_text="vrije tekst",
    author="79021802145",
    part_order=(1, 0, 2),
)
OF_E = Letter(
    "8b4b18e-4a18",
    [Destination("79021802145", "INSS", "DOCTOR")],
    File("test", "test.txt", "text/plain", b"hello world"),
    application=None,
    important=False,
    receipts=False,
)


def assertion(identifier: str = "_0123456789abcdef0123456789abcdef") -> str:
    """As much of one as a client looks at."""
    return (
        f'<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="{identifier}" '
        'Issuer="urn:be:fgov:ehealth:sts:1_0"><Conditions/></Assertion>'
    )


def _identified(pair: Identification) -> EContract:
    return EContract(pair.key, pair.certificate, identifiers().__next__, pair)


RECORDED: Mapping[str, tuple[str, Callable[[Identification], HttpRequest]]] = {
    "C 4.0 getEtk": (
        "5bda1ad549e3790cf6d468db6c727380f0eae92bc322a065df4a5c60fa8da471",
        lambda pair: _c(pair).get_etk("/EtkDepot/v1", "SSIN", "79021802145"),
    ),
    "C 4.0 getMessagesList": (
        "f62f1c37da2977fdb4263f27e6abeadf347c451684b49705bfdfae3f58b8954b",
        lambda pair: _c(pair).get_messages_list("/ehBoxConsultation/v3", NOW, assertion()),
    ),
    "C 4.0 sendMessage": (
        "f1ca0988164d06d18e29d02bbb68a961c4ed10a61a91310d884d897d9af587ce",
        lambda pair: _c(pair).send_message("/ehBoxPublication/v3", NOW, assertion(), OF_C),
    ),
    "C 4.0 SAML-P": (
        "6f5ed980930462bf82f7fbfc00f2e7cc9f6b0a31f0595feb290b12e0fe0ed7c8",
        lambda pair: _c(pair).request_secure_token("/IAM/Saml11TokenService/v1", NOW, CLAIMS, ASKED + MORE),
    ),
    "E sendMessage": (
        "eeec02afddb31569b0cf16ced98cd7f0fabb68191d1d8b718ed747c8d521a099",
        lambda pair: _e(pair).send_message("/ehBoxPublication/v3", NOW, assertion(), OF_E),
    ),
    "E SAML-P with an inner signature": (
        "3ba61d1481007fb778cb375401d8a231209eda3a7b6444a36e20def64e16f16f",
        lambda pair: _identified(pair).request_secure_token("/IAM/Saml11TokenService/v1", NOW, CLAIMS, ASKED[:1]),
    ),
    "E WS-Trust": (
        "8140a100d0088c5c2200ff1af5e56370078ed89aadb1ce9e391c440aefefa165",
        lambda pair: _e(pair).request_security_token(
            "/IAM/SecurityTokenService/v1", NOW, [*CLAIMS, (f"{SSIN}:doctor:boolean", None)]
        ),
    ),
}


def _c(pair: Identification) -> Connector40:
    return Connector40(pair.key, pair.certificate, identifiers().__next__)


def _e(pair: Identification) -> EContract:
    return EContract(pair.key, pair.certificate, identifiers().__next__)


@pytest.mark.parametrize("name", RECORDED)
def test_a_request_has_the_recorded_layout(name: str, pairs: Mapping[str, Identification]) -> None:
    recorded, make = RECORDED[name]
    written = skeleton(make(pairs["rsa"]).octets("127.0.0.1:8080"))
    assert hashlib.sha256(written).hexdigest() == recorded, written.decode()


def _fed(*own: str) -> Callable[[], str]:
    """Identifiers: these, then any."""
    return chain(own, repeat("00000000-0000-4000-8000-000000000000")).__next__


def _digests(request: HttpRequest) -> list[str]:
    return re.findall(r"<ds:DigestValue>([^<]+)<", request.body.decode("latin-1"))


def test_digests_of_a_call_of_connector_4_0(pairs: Mapping[str, Identification]) -> None:
    """Exclusive canonical XML of Body and Timestamp of a recorded getMessagesList."""
    own = "3c762313-73f6-47de-86e4-abc8bce9b951", "69ab466e-aef2-4bb5-a0bd-f595948b097a"
    model = Connector40(pairs["rsa"].key, pairs["rsa"].certificate, _fed(*own))
    request = model.get_messages_list("/", datetime.fromisoformat("2026-11-21T19:55:43.264Z"), assertion())
    assert _digests(request) == [
        "kE+N7sqydEY+6tQ5MXF4kn5vhO0K9JDomGixIxlzH+c=",
        "XQoLnO0+lsKRxv9NRUmBdSG1tluHTyg+0R2Q/HT+R5g=",
    ]


def test_digests_of_a_call_of_e_contract(pairs: Mapping[str, Identification]) -> None:
    """The same with PrefixLists, of a recorded sendMessage."""
    part, stamp = "432f6a0a-c058-4b62-bcb8-669577670514", "f6f09596-8c1c-4427-b9b9-49a52993285c"
    body = "6f5cf1db-f1f4-4b42-9501-9a470b22127c"
    model = EContract(pairs["rsa"].key, pairs["rsa"].certificate, _fed(part, stamp, body))
    request = model.send_message("/", datetime.fromisoformat("2026-11-21T19:55:52.595Z"), assertion(), OF_E)
    assert _digests(request) == [
        "Beic74IvwmxBrmTPsdgRekm6P5ZVOQW7E9+nDZIXeYc=",
        "wOU4Xk3h4dIfric/7kIB76TQbj+ALT1sw0CTkUyCFHQ=",
    ]


MODELS = [Connector3, Connector40, Connector42, EContract, EContractEmptyPrefixes, Medikit]


def verified(model: Model, request: HttpRequest, path: str, public: Identification) -> list[str]:
    """Raises unless xmlsec verifies the signature there; the names of what it covers."""
    tree = parsed(re.search(r"<(\S+):Envelope .*</\1:Envelope>", request.body.decode("latin-1"), re.DOTALL)[0])  # type: ignore[index]
    context = xmlsec.SignatureContext()
    pem = public.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem, None)
    known = {}
    for each in tree.iter():
        for name, namespace in (("Id", WSU), ("RequestID", None)):
            identifier = each.get(f"{{{namespace}}}{name}" if namespace else name)
            if identifier:
                context.register_id(each, name, namespace)
                known[f"#{identifier}"] = each.tag.rpartition("}")[2]
    names = {"s": SOAP, "wsse": WSSE, "ds": DS, "samlp": "urn:oasis:names:tc:SAML:1.0:protocol"}
    (signature,) = tree.iterfind(path, names)
    context.verify(signature)
    return [known[str(each.get("URI"))] for each in signature.iterfind("ds:SignedInfo/ds:Reference", names)]


OUTER = "s:Header/wsse:Security/ds:Signature"


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_what_a_model_signs_verifies_with_a_library_that_is_not_ours(
    kind: type[Model], pairs: Mapping[str, Identification]
) -> None:
    pair = pairs["rsa"]
    model = kind(pair.key, pair.certificate, identifiers().__next__, pair)
    whole = "" if kind is Medikit else assertion()
    if whole:
        called = model.get_box_info("/", NOW, whole)
        assert verified(model, called, OUTER, pair) == ["Body", "Timestamp"]
    asked = model.request_secure_token("/", NOW, CLAIMS, ASKED)
    assert sorted(verified(model, asked, OUTER, pair)) == ["BinarySecurityToken", "Body", "Timestamp"]
    assert verified(model, asked, "s:Body/samlp:Request/ds:Signature", pair) == ["Request"]


def test_connector_3_differs_by_its_algorithms_alone(pairs: Mapping[str, Identification]) -> None:
    pair = pairs["rsa"]
    models = [kind(pair.key, pair.certificate, identifiers().__next__) for kind in (Connector3, Connector40)]
    made = [skeleton(model.get_box_info("/", NOW, assertion()).octets("here")) for model in models]
    sha256 = made[1].replace(b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", f"{DS}rsa-sha1".encode())
    assert made[0] == sha256.replace(b"http://www.w3.org/2001/04/xmlenc#sha256", f"{DS}sha1".encode())


def test_connector_4_2_has_the_document_inline_and_annexes_attached(pairs: Mapping[str, Identification]) -> None:
    pair = pairs["rsa"]
    body = (
        Connector42(pair.key, pair.certificate, identifiers().__next__).send_message("/", NOW, assertion(), OF_C).body
    )
    inline = base64.b64encode(OF_C.document.data)
    assert b"<EncryptableTextContent>" + inline + b"</EncryptableTextContent>" in body
    assert body.count(b"Content-ID: ") == body.count(b"cid:") == 2


def test_e_contract_leaves_out_subtype_and_ends_lines_in_its_own_way(pairs: Mapping[str, Identification]) -> None:
    """wire.md, Requests: E leaves SubType out; recorded: base64 lines of 76 that end in &#xd; and LF."""
    letter = Letter("1", [Destination("71000436", "NIHII", "HOSPITAL", "HOSPITAL")], OF_E.document)
    body = _e(pairs["rsa"]).send_message("/", NOW, assertion(), letter).body.decode("latin-1")
    assert "SubType" not in body
    assert "OoOProcessed" not in body
    lines = re.findall(r"<ds:SignatureValue>([^<]*)<", body)[0].split("&#xd;\n")
    assert [len(line) for line in lines] == [76, 76, 76, 76, 40]


def test_e_contract_asks_the_etk_depot_by_one_identifier(pairs: Mapping[str, Identification]) -> None:
    """EtkDepotClient.getEtk, and the SOAPAction of its WSDL: nothing is signed, no application is an empty one."""
    request = _e(pairs["rsa"]).get_etk("/EtkDepot/v1", "SSIN", "79021802145")
    head, _, body = request.octets("127.0.0.1:8080").partition(b"\r\n\r\n")
    assert b'\r\nSOAPAction: ""\r\n' in head
    header, whole = parsed(body.decode("utf-8").partition("?>")[2])
    assert len(header) == 0
    etk = "{urn:be:fgov:ehealth:etkdepot:1_0:protocol}"
    assert [(each.tag.removeprefix(etk), each.text) for each in whole.iterdescendants()] == [
        ("GetEtkRequest", None),
        ("SearchCriteria", None),
        ("Identifier", None),
        ("Type", "SSIN"),
        ("Value", "79021802145"),
        ("ApplicationID", None),
    ]


def test_e_contract_with_empty_prefix_lists(pairs: Mapping[str, Identification]) -> None:
    """wire.md, WS-Security: even an empty one is there, at SignedInfo and at each transform."""
    model = EContractEmptyPrefixes(pairs["rsa"].key, pairs["rsa"].certificate, identifiers().__next__)
    body = model.get_box_info("/", NOW, assertion()).body
    assert body.count(b'PrefixList=""/>') == 3


def test_ws_trust_has_the_misspelt_key_type_and_zones_in_four_digits(pairs: Mapping[str, Identification]) -> None:
    body = RECORDED["E WS-Trust"][1](pairs["rsa"]).body.decode("latin-1")
    assert "<ns8:KeyType>http://docs.oasis-open.org/ws-sx/wstrust/200512/PublicKey</ns8:KeyType>" in body
    assert "<ns6:Created>2026-01-15T09:00:00+0000</ns6:Created><ns6:Expires>2026-01-16T09:00:00+0000<" in body
    assert b"InclusiveNamespaces" not in RECORDED["E WS-Trust"][1](pairs["rsa"]).body


def test_medikit_gives_its_timestamp_an_hour_and_a_letter_no_publication_id(
    pairs: Mapping[str, Identification],
) -> None:
    """wire.md: Timestamp of 1 hour, document inline, annexes as swaRef, PublicationId left out."""
    model = Medikit(pairs["rsa"].key, pairs["rsa"].certificate, identifiers().__next__)
    asked = model.request_secure_token("/", NOW, CLAIMS, ASKED).body.decode()
    assert re.findall(r"<wsu:(?:Created|Expires)>([^<]+)", asked) == [
        "2026-01-15T09:00:00.123Z",
        "2026-01-15T10:00:00.123Z",
    ]
    assert f"{DS}rsa-sha1" in asked
    assert "sha256" not in asked
