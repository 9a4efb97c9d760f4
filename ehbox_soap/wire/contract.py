"""The contract: operations from the WSDL, validation against the XSD, in and out.

Knows: the files in wsdl/ and xsd/, what validation costs. Must not know: what an operation does, typed values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from ehbox_soap import resources
from ehbox_soap.errors import SoapFault
from ehbox_soap.wire import base64text, consultation, publication
from ehbox_soap.wire.content import INLINE
from ehbox_soap.wire.elements import XML_SPACE
from ehbox_soap.wire.violations import Vocabulary, place, tell
from ehbox_soap.wire.wsdl import Definitions, Operation, read, shipped_parser

# Ours: libxml2 counts the siblings before each element it complains of, so a hundred thousand bad ones take minutes.
MAX_CHILDREN = 5000

_XS = "{http://www.w3.org/2001/XMLSchema}"


class ContractBroken(Exception):
    """An answer of ours is not valid: an error of the house, never of a caller (SOA-00001). Holds no value."""


class _Schemas:
    """XMLSchema objects for one validation at a time each: their error log belongs to whoever validates."""

    def __init__(self, driver: bytes, resolver: etree.Resolver) -> None:
        self._driver = driver
        self._resolver = resolver
        # The first at once: a server does not start with a broken contract.
        self._idle: deque[etree.XMLSchema] = deque([self._load()])

    @contextmanager
    def borrow(self) -> Iterator[etree.XMLSchema]:
        """One that nobody else uses meanwhile; as many exist as were ever needed at once."""
        try:
            schema = self._idle.pop()
        except IndexError:
            schema = self._load()
        yield schema
        self._idle.append(schema)

    def _load(self) -> etree.XMLSchema:
        parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
        parser.resolvers.add(self._resolver)
        return etree.XMLSchema(etree.fromstring(self._driver, parser))


class _OnlyShipped(etree.Resolver):
    """Lets schemas import each other within their folder, and nothing else from anywhere."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._files = {path.as_uri(): path for path in folder.glob("*.xsd")}

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        path = self._files.get(system_url)
        if path is None:
            # libxml2 then tells XMLSchemaParseError which import failed.
            raise FileNotFoundError(system_url)
        return self.resolve_string(path.read_bytes(), context, base_url=system_url)


class Port:
    """One port of a service: its operations by request element, and validation against its schemas.

    Described by a WSDL, or by the same in words where the contract has none.

    XMLSchemaParseError if the schemas are not whole within their folder.
    """

    def __init__(self, described: Path | Definitions) -> None:
        definitions = read(described) if isinstance(described, Path) else described
        self.name = definitions.name
        self.namespace = definitions.namespace
        self.operations: Mapping[str, Operation] = {
            operation.request: operation for operation in definitions.operations
        }
        folder = next(iter(definitions.schemas.values())).parent
        documents = [etree.parse(path, shipped_parser()).getroot() for path in sorted(folder.glob("*.xsd"))]
        self._vocabulary = Vocabulary.of(documents)
        self._binary = _names_of(documents, "xs:base64Binary")
        self._dates = _names_of(documents, "xs:date")
        self._schemas = _Schemas(_driver(definitions.schemas), _OnlyShipped(folder))

    def operation(self, element: etree._Element) -> Operation:
        """The operation that the element in the Body stands for; SOA-03005 if it is none of this port."""
        operation = self.operations.get(str(element.tag))
        if operation is None:
            raise SoapFault("SOA-03005", f"the element in the Body is no operation of {self.name}")
        return operation

    def validate_request(self, element: etree._Element) -> None:
        """SOA-03006 for the first thing that breaks the schema: element, rule, limit and line.

        Base64 is checked here in full (libxml2 skips foreign characters), save for the content of documents and
        annexes: those megabytes are checked once, where they are decoded (SOA-03007).
        """
        broken = self._violation(element) or self._bad_base64(element)
        if broken:
            raise SoapFault("SOA-03006", broken)

    def validate_answer(self, element: etree._Element) -> None:
        """ContractBroken if an answer of ours is not valid; clients refuse the whole answer then."""
        broken = self._violation(element)
        if broken:
            raise ContractBroken(broken)

    def _violation(self, element: etree._Element) -> str:
        """What is wrong with an element and where, "" if nothing. The tree is as before when this returns."""
        taken: list[tuple[etree._Element, str]] = []
        try:
            for item in element.iter():
                children = len(item)
                if children > MAX_CHILDREN:
                    return f"{place(item, element, self._vocabulary)}: more than {MAX_CHILDREN} children"
                if not children and (item.tag in self._binary or item.tag in self._dates) and item.text:
                    taken.append((item, item.text))
                    # libxml2 takes long for megabytes of base64 and is lax about them; an empty element is as valid
                    # to it. Of dates it does not collapse the white space, as it should.
                    item.text = item.text.strip(XML_SPACE) if item.tag in self._dates else None
            with self._schemas.borrow() as schema:
                if schema.validate(element):
                    return ""
                entry = next(iter(schema.error_log))  # type: ignore[call-overload]
        finally:
            for item, text in taken:
                item.text = text
        return tell(entry, element, self._vocabulary)

    def _bad_base64(self, element: etree._Element) -> str:
        checked = self._binary - {INLINE}
        # Without a name, iter gives every element.
        for item in element.iter(*checked) if checked else ():
            try:
                base64text.decode(item.text or "")
            except ValueError:
                at = place(item, element, self._vocabulary)
                length = len(item.text or "")
                return f"{at}: datatype xs:base64Binary; value of {length} characters (line {item.sourceline})"
        return ""


class Contract:
    """The ports of one service folder, by target namespace."""

    def __init__(self, ports: Mapping[str, Port]) -> None:
        self.ports = ports

    @classmethod
    def load(cls, service: str) -> Contract:
        """Reads wsdl/<service>; FileNotFoundError if the package does not ship it."""
        ports = [Port(path) for path in sorted(resources.path("wsdl", service).glob("*.wsdl"))]
        return cls({port.namespace: port for port in ports})

    @property
    def publication(self) -> Port:
        """ehBoxPublication v3."""
        return self.ports[publication.NAMESPACE]

    @property
    def consultation(self) -> Port:
        """ehBoxConsultation v3."""
        return self.ports[consultation.NAMESPACE]


def _driver(imports: Mapping[str, Path]) -> bytes:
    """A schema that only imports those of the WSDL, by absolute address."""
    schema = etree.Element(f"{_XS}schema", nsmap={"xs": _XS[1:-1]})
    for namespace, path in imports.items():
        etree.SubElement(schema, f"{_XS}import", namespace=namespace, schemaLocation=path.as_uri())
    return etree.tostring(schema)


def _names_of(documents: list[etree._Element], kind: str) -> frozenset[str]:
    """The names of local elements that are of that simple type wherever they occur."""
    kinds: dict[str, set[str | None]] = {}
    for document in documents:
        for item in document.iterfind(f".//{_XS}element[@name]"):
            base = item.find(f"{_XS}complexType/{_XS}simpleContent/{_XS}extension")
            found = item.get("type") or (base.get("base") if base is not None else None)
            kinds.setdefault(str(item.get("name")), set()).add(found)
    return frozenset(name for name, found in kinds.items() if found == {kind})
