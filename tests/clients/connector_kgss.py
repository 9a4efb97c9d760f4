"""The KGSS as the connector asks it and reads what comes back.

Knows: what it seals, as its JAXB classes come out (be.fgov.ehealth.etee.kgss._1_0.protocol, elementFormDefault
qualified, an XML declaration with standalone), that GetNewKey is not secured and GetKey is by the assertion, both
without a SOAPAction (be.ehealth.technicalconnector.service.ws.ServiceFactory), that it seals for the token of CBE
0809394427 with the application KGSS (KgssManager) and signs by its authentication key, that for the answer it gives its
own token or, having none, makes a key of AES-128 (KgssMessageBuilderImpl), and when it takes an answer: code 100 or
200 and no Error at all (KgssServiceImpl). Its answers are not validated, so only what it looks at counts. Must not
know: anything of the project.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from tests.clients.checks import Broken, check
from tests.clients.connector40_reader import content_of_http
from tests.clients.names import KGSS
from tests.clients.sealing import Opener
from tests.clients.writing import base64_of, text

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
KGSS_TOKEN = ("CBE", "0809394427", "KGSS")
"""By what the depot is asked for the token that requests are sealed for."""


@dataclass(eq=False)
class KgssRefused(Exception):
    """A status or errors that the connector makes an exception of."""

    code: str
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """An attribute by which a key may be had."""

    namespace: str
    name: str
    values: Sequence[str] = ()

    def content(self) -> str:
        values = "".join(f"<Value>{text(each)}</Value>" for each in self.values)
        return f"<AllowedReader><Namespace>{self.namespace}</Namespace><Name>{self.name}</Name>{values}</AllowedReader>"


def new_key_content(readers: Sequence[Reader], token: bytes) -> bytes:
    """GetNewKeyRequestContent, before it is sealed."""
    inner = "".join(each.content() for each in readers) + f"<ETK>{base64_of(token)}</ETK>"
    return _document("GetNewKeyRequestContent", inner)


def key_content(identifier: bytes, *, token: bytes | None = None, key: bytes | None = None) -> bytes:
    """GetKeyRequestContent, before it is sealed: the answer is for the token's owner or for the symmetric key."""
    inner = f"<KeyIdentifier>{base64_of(identifier)}</KeyIdentifier>"
    if key is not None:
        inner += f"<KeyEncryptionKey>{base64_of(key)}</KeyEncryptionKey>"
    if token is not None:
        inner += f"<ETK>{base64_of(token)}</ETK>"
    return _document("GetKeyRequestContent", inner)


def sealed_request(name: str, sealed: bytes, declared: str = "") -> str:
    """The element of NewKeyRequest or KeyRequest, as every client writes it but for what else is declared."""
    content = f"<Sealed{name}><SealedContent>{base64_of(sealed)}</SealedContent></Sealed{name}>"
    return f'<Get{name} xmlns="{KGSS}"{declared}>{content}</Get{name}>'


def read_new_key(
    status: int, headers: Mapping[str, str], body: bytes, opener: Opener, signer: x509.Certificate
) -> tuple[bytes, bytes]:
    """Name and octets of the new key. Raises Fault, Broken, KgssRefused."""
    found = _opened(_sealed(status, headers, body, "NewKey"), opener, signer, "GetNewKeyResponseContent")
    identifier, key = (_octets(found, name) for name in ("NewKeyIdentifier", "NewKey"))
    return identifier, _aes(key)


def read_key(status: int, headers: Mapping[str, str], body: bytes, opener: Opener, signer: x509.Certificate) -> bytes:
    """The key. Raises Fault, Broken, KgssRefused."""
    found = _opened(_sealed(status, headers, body, "Key"), opener, signer, "GetKeyResponseContent")
    return _aes(_octets(found, "Key"))


def _document(name: str, inner: str) -> bytes:
    return f'{_DECLARATION}<{name} xmlns="{KGSS}">{inner}</{name}>'.encode()


def _sealed(status: int, headers: Mapping[str, str], body: bytes, kind: str) -> bytes:
    element = content_of_http(status, headers, body)
    check(element.tag == f"{{{KGSS}}}Get{kind}Response", "another answer than the operation's")
    code = element.findtext("Status/Code")
    if code is None:
        raise Broken("a Status without Code, or a qualified one")
    errors = tuple(each.findtext("Code", "") for each in element.iterfind("Error"))
    if code not in ("100", "200") or errors:
        raise KgssRefused(code, errors)
    return _octets(element, f"Sealed{kind}Response/{{{KGSS}}}SealedContent")


def _opened(sealed: bytes, opener: Opener, signer: x509.Certificate, name: str) -> etree._Element:
    content = etree.fromstring(opener.open(sealed, signer), etree.XMLParser(resolve_entities=False, no_network=True))
    check(content.tag == f"{{{KGSS}}}{name}", "another content than the operation's")
    return content


def _octets(element: etree._Element, path: str) -> bytes:
    found = element.findtext(f"{{{KGSS}}}{path}")
    if not found:
        raise Broken(f"an answer without {path.rpartition('}')[2]}")
    try:
        return base64.b64decode(found, validate=True)
    except binascii.Error as error:
        raise Broken("an answer that is not base64") from error


def _aes(key: bytes) -> bytes:
    check(len(key) in (16, 24, 32), "a key that is none of AES")
    return key
