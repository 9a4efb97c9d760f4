"""What a schema violation tells: element, rule, limit and line, and nothing that a caller made up (SOA-03006)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.errors import SoapFault
from ehbox_soap.wire import violations, xml
from ehbox_soap.wire.contract import Contract, Port
from ehbox_soap.wire.wsdl import Definitions
from tests.wire.checks import CANARY, GENERATED, refused

PORT = Contract.load("ehealthbox").publication
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
TWO = (
    "<DestinationContext><Id>1</Id><Type>INSS</Type><Quality>NURSE</Quality></DestinationContext>\n"
    "<DestinationContext><Id>2</Id><Type>INSS</Type><Quality>DOCTOR</Quality></DestinationContext>\n"
)
VALID = (
    '<p:SendMessageRequest xmlns:p="urn:be:fgov:ehealth:ehbox:publication:protocol:v3" PublicationId="x">\n'
    f"{TWO}<ContentContext><Content><Document><Title>t</Title>"
    "<EncryptableTextContent>aGVsbG8=</EncryptableTextContent>"
    "<DownloadFileName>f</DownloadFileName><MimeType>m</MimeType><Digest>d</Digest></Document></Content>\n"
    "<ContentSpecification><ContentType>NEWS</ContentType><IsImportant/><IsEncrypted/><PublicationReceipt/>"
    "<ReceivedReceipt/><ReadReceipt/></ContentSpecification></ContentContext></p:SendMessageRequest>"
)
SPECIFICATION = "ContentContext/ContentSpecification"
DOCUMENT = "ContentContext/Content/Document"


def told(document: str) -> str:
    """What is told about a document, "" if it is valid."""
    try:
        PORT.validate_request(xml.parse(document.encode()))
    except SoapFault as fault:
        return fault.reason
    return ""


def test_the_document_that_is_changed_below_is_valid() -> None:
    assert told(VALID) == ""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Values
        (">NEWS<", f">{CANARY}<", f"{SPECIFICATION}/ContentType: enumeration DOCUMENT, NEWS, ACKNOWLEDGMENT, ERROR; "
         "value of 9 characters (line 5)"),
        (">NEWS<", ">\"a\" 'b'\nis not an element of the set {'c'}.<", f"{SPECIFICATION}/ContentType: enumeration "
         "DOCUMENT, NEWS, ACKNOWLEDGMENT, ERROR; value of 43 characters (line 5)"),
        ("<IsImportant/>", f"<IsImportant>{CANARY}</IsImportant>", f"{SPECIFICATION}/IsImportant: datatype xs:boolean; "
         "value of 9 characters (line 5)"),
        (">t<", f">{'é' * 401}<", f"{DOCUMENT}/Title: maxLength 400; value of 401 characters (line 4)"),
        (">t<", "><", f"{DOCUMENT}/Title: minLength 1; value of 0 characters (line 4)"),
        ('"x"', f'"{CANARY}12345"', "SendMessageRequest/@PublicationId: maxLength 13; value of 14 characters (line 1)"),
        ('"x"', '""', "SendMessageRequest/@PublicationId: minLength 1; value of 0 characters (line 1)"),
        ("<Quality>DOCTOR</Quality>", '<Quality/><User FirstName="a" LastName="b">1</User>',
         "DestinationContext[2]/User: length 11; value of 1 characters (line 3)"),
        ("<Quality>DOCTOR</Quality>", '<Quality/><User FirstName="" LastName="b">12345678901</User>',
         "DestinationContext[2]/User/@FirstName: minLength 1; value of 0 characters (line 3)"),
        # Elements
        ("<Quality>DOCTOR</Quality>", "", "DestinationContext[2]: missing element expected SubType, Quality (line 3)"),
        ("<Type>INSS</Type><Quality>DOCTOR</Quality>", "<Quality>DOCTOR</Quality>",
         "DestinationContext[2]/Quality: unexpected element expected Type (line 3)"),
        ("<Quality>DOCTOR</Quality>", f"<{CANARY}/>",
         "DestinationContext[2]/(name of 9 characters): unexpected element expected SubType, Quality (line 3)"),
        ("<Quality>DOCTOR</Quality>", f'<{CANARY}:Quality xmlns:{CANARY}="urn:it\'s{CANARY}"/>',
         "DestinationContext[2]/Quality in a namespace: unexpected element expected SubType, Quality (line 3)"),
        ("</Content>\n", "</Content>\n<CustomMeta><Key>k</Key><Value>v</Value></CustomMeta>",
         "ContentContext/CustomMeta: unexpected element expected ContentSpecification (line 5)"),
        ("<ReadReceipt/>", "<ReadReceipt/><ReadReceipt/>",
         f"{SPECIFICATION}/ReadReceipt[2]: unexpected element (line 5)"),
        (TWO, TWO.replace("<DestinationContext>", f'<DestinationContext xmlns="urn:{CANARY}">'),
         "DestinationContext in a namespace[1]: unexpected element expected BoxId, DestinationContext (line 2)"),
        ("<Quality>DOCTOR</Quality>", f"<Quality><{CANARY}/></Quality>",
         "DestinationContext[2]/Quality: elements where only text may be (line 3)"),
        ("<Quality>DOCTOR</Quality>", f"{CANARY}<Quality/>", "DestinationContext[2]: text between elements (line 3)"),
        # Attributes
        ("<Quality>DOCTOR</Quality>", f'<Quality {CANARY}="{CANARY}"/>',
         "DestinationContext[2]/Quality/@(name of 9 characters): unexpected attribute (line 3)"),
        ("<Quality>DOCTOR</Quality>", f'<Quality Lang="{CANARY}"/>',
         "DestinationContext[2]/Quality/@Lang: unexpected attribute (line 3)"),
        ('"x"', f'"x" p:PublicationId="{CANARY}"',
         "SendMessageRequest/@PublicationId in a namespace: unexpected attribute (line 1)"),
        ("<Quality>DOCTOR</Quality>", '<Quality/><User LastName="b">12345678901</User>',
         "DestinationContext[2]/User: missing attribute FirstName (line 3)"),
        ("<Quality>DOCTOR</Quality>", f'<Quality {XSI} xsi:nil="true"/>',
         "DestinationContext[2]/Quality: xsi:nil is not allowed (line 3)"),
        ("<Quality>DOCTOR</Quality>", f'<Quality {XSI} xsi:type="{CANARY}"/>',
         "DestinationContext[2]/Quality/@(name of 4 characters): cvc_elt_4_2 (line 3)"),
    ],
)  # fmt: skip
def test_element_rule_limit_and_line(old: str, new: str, expected: str) -> None:
    assert VALID.count(old) == 1
    assert told(VALID.replace(old, new)) == expected


@pytest.mark.parametrize("value", ["of the set {'%s'}.", "' is not an element of the set {'%s', 'NEWS'}.\n"])
def test_a_value_so_long_that_libxml2_cuts_its_own_message(value: str) -> None:
    """What then looks like the limit is the caller's own."""
    long = "x" * 70_000 + value % CANARY
    for text in (long, value % CANARY + "x" * 63_900, (value % CANARY) * 3000):
        reason = told(VALID.replace(">NEWS<", f">{text}<"))
        assert reason.startswith(f"{SPECIFICATION}/ContentType: enumeration")
        assert CANARY not in reason
        assert len(reason) < 300


SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="FORM">
<xs:element name="Top" type="T"/>
<xs:complexType name="T"><xs:sequence><xs:element name="Inner" type="S"/><xs:element ref="Top"/>
<xs:element name="Other"><xs:complexType/></xs:element></xs:sequence><xs:attribute name="At" type="xs:int"/>
<xs:attribute ref="xml:lang"/></xs:complexType>
<xs:simpleType name="S"><xs:restriction base="xs:string"><xs:maxLength value="3"/><xs:enumeration value="A"/>
<xs:pattern value="p"/><xs:length value="1"/><xs:minLength value="2"/><xs:minInclusive value="4"/>
<xs:maxInclusive value="5"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Unused"/></xs:schema>"""


@pytest.mark.parametrize(
    ("form", "inner", "told"),
    [("qualified", "{urn:t}Inner", "Inner"), ("unqualified", "Inner", "Inner in a namespace")],
)
def test_the_words_of_a_schema_are_these_and_no_others(form: str, inner: str, told: str) -> None:
    found = violations.Vocabulary.of([etree.fromstring(SCHEMA.replace(b"FORM", form.encode()))])
    assert found.names == {"Top", "Inner", "Other", "At"}
    assert found.limits == {"T", "S", "Unused", "xs:int", "xs:string", "A", "p", "1", "2", "3", "4", "5"}
    assert inner in found.tags
    assert found.name("{urn:t}Inner") == told
    assert found.name("{urn:t}Top") == "Top in a namespace"


PIECES = st.sampled_from(
    [
        CANARY,
        f"<{CANARY}/>",
        f'<{CANARY} {CANARY}="{CANARY}">{CANARY}</{CANARY}>',
        f'<x:{CANARY} xmlns:x="urn:{CANARY}"/>',
        f'<Id xmlns="urn:{CANARY}">{CANARY}</Id>',
        f"<Title>{CANARY}</Title>",
        f"<IsEncrypted>{CANARY}</IsEncrypted>",
        f"<EncryptableTitle>{CANARY}!</EncryptableTitle>",
        f'<Id {XSI} xsi:type="{CANARY}"/>',
        f"<![CDATA[<{CANARY}>]]>",
    ]
)
PLACES = [index + 1 for index, character in enumerate(VALID) if character == ">"][:-1]


@given(st.lists(st.tuples(st.sampled_from(PLACES), PIECES), min_size=1, max_size=4))
@GENERATED
def test_nothing_that_a_caller_made_up_is_told(insertions: list[tuple[int, str]]) -> None:
    document = VALID
    for place, piece in sorted(insertions, reverse=True):
        document = document[:place] + piece + document[place:]
    assert CANARY not in told(document)


def test_rules_of_the_other_contracts() -> None:
    """A page begins at 1; what is empty to the schema holds nothing. A name that a schema does not say is not None."""
    consultation = Contract.load("ehealthbox").consultation
    kgss = "urn:be:fgov:ehealth:etee:kgss:1_0:protocol"
    schema = resources.path("xsd", "kgss", "kgss-protocol-v1.xsd")
    sealed = Port(Definitions("Kgss", kgss, (), {kgss: schema}))

    def page(inner: str) -> etree._Element:
        start = f'<c:GetMessagesListRequest xmlns:c="{consultation.namespace}"><Source/>'
        return xml.parse(f"{start}{inner}</c:GetMessagesListRequest>".encode())

    def new_key(inner: str) -> etree._Element:
        reader = "<AllowedReader><Namespace>n</Namespace><Name>a</Name></AllowedReader><ETK>AQ==</ETK>"
        start = f'<GetNewKeyRequestContent xmlns="{kgss}">{reader}'
        return xml.parse(f"{start}{inner}</GetNewKeyRequestContent>".encode())

    for port, element, expected in (
        (
            consultation,
            page("<StartIndex>0</StartIndex>"),
            "StartIndex: minInclusive 1; value of 1 characters (line 1)",
        ),
        (
            consultation,
            page("<None/>"),
            "(name of 4 characters): unexpected element expected StartIndex, EndIndex (line 1)",
        ),
        (
            sealed,
            new_key("<DeletionStrategy>x</DeletionStrategy>"),
            "DeletionStrategy: content in an empty element (line 1)",
        ),
        (sealed, new_key("<None/>"), "(name of 4 characters): unexpected element expected DeletionStrategy (line 1)"),
    ):
        with pytest.raises(SoapFault) as raised:
            port.validate_request(element)
        assert raised.value.reason == expected


def test_attributes_that_a_caller_made_up() -> None:
    for attribute in (f'{CANARY}="1"', f'Lang="{CANARY}"', f'xmlns:q="urn:{CANARY}" q:{CANARY}="1"'):
        for tag in ("<DestinationContext>", "<Title>", "<Content>", "<IsImportant/>", "<p:SendMessageRequest "):
            changed = f"{tag[:-1].rstrip('/')} {attribute}{'/' if '/' in tag else ''}{tag[-1]}"
            with refused("SOA-03006", "unexpected attribute"):
                PORT.validate_request(xml.parse(VALID.replace(tag, changed, 1).encode()))


def test_the_place_is_told_in_a_document_with_default_namespaces_and_other_prefixes() -> None:
    """libxml2's own path has the caller's prefixes in it, and * where there is none."""
    document = VALID.replace("p:Send", f"{CANARY}:Send").replace("xmlns:p=", f"xmlns:{CANARY}=")
    assert told(document.replace(">NEWS<", "><")).startswith(f"{SPECIFICATION}/ContentType: enumeration DOCUMENT")
    assert "name of 9" not in told(document.replace('"x"', '""'))


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("/p:A/B[2]/*[1]", "{urn:p}C"),
        ("/p:A/B[2]/p:C", "{urn:p}C"),
        ("/p:A/B[1]", "B"),
        ("/p:A/B[3]", "{urn:p}A"),
        ("/p:A/q:B[1]", "{urn:p}A"),
        ("/p:A/B[2]/@x", "B"),
        ("/p:A/B[x]", "{urn:p}A"),
        ("", "{urn:p}A"),
    ],
)
def test_a_path_is_followed_as_far_as_it_can_be(path: str, tag: str) -> None:
    root = xml.parse(b'<p:A xmlns:p="urn:p"><B/><B><p:C/></B></p:A>')
    assert violations._locate(path, root).tag == tag
