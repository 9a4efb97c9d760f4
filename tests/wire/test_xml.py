"""The hardened parser: what is accepted as XML at all (faults table of the rules, SOA-03001)."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ehbox_soap import clock
from ehbox_soap.wire import xml
from tests.wire.checks import CANARY, refused


def test_elements_attributes_and_white_space_come_as_they_are() -> None:
    root = xml.parse(b'<?xml version="1.0"?>\n<a xmlns:p="urn:p" p:x="1">\n <b> t </b>\n</a>\n')
    assert (root.tag, root.get("{urn:p}x"), root.text) == ("a", "1", "\n ")
    assert (root[0].text, root[0].tail) == (" t ", "\n")


@pytest.mark.parametrize(
    "document",
    [
        b"<?xml version='1.0' encoding='UTF-8'?><a>\xc3\xa9</a>",
        b'<?xml version="1.0" encoding="utf-8"?><a>\xc3\xa9</a>',
        b"\xef\xbb\xbf<a>\xc3\xa9</a>",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8" standalone="yes"?><a>\xc3\xa9</a>',
        b"<a>&#233;</a>",
        b'<?xml version="1.0" encoding="US-ASCII"?><a>&#xE9;</a>',
    ],
)
@pytest.mark.parametrize("charset", [None, "utf-8", "UTF-8", "utf8"])
def test_utf_8_in_every_spelling_of_the_clients(document: bytes, charset: str | None) -> None:
    assert xml.parse(document, charset=charset).text == "é"


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "utf-7", "windows-1252", ""])
def test_another_charset_in_the_header_is_refused(charset: str) -> None:
    with refused("SOA-03001", "charset"):
        xml.parse(b"<a/>", charset=charset)


@pytest.mark.parametrize("name", ["iso-8859-1", "UTF-16", "utf-7", "EBCDIC-CP-BE"])
@pytest.mark.parametrize("charset", [None, "utf-8"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_another_charset_in_the_declaration_is_refused(name: str, charset: str | None, mark: bytes) -> None:
    with refused("SOA-03001", "charset"):
        xml.parse(mark + f"<?xml version='1.0'\tencoding = '{name}'?><a/>".encode("ascii"), charset=charset)


def test_a_declaration_too_long_to_be_one_hides_no_encoding() -> None:
    with refused("SOA-03001", "declaration"):
        xml.parse(b"<?xml version='1.0'" + b" " * 2000 + b"encoding='iso-8859-1'?><a/>")


def test_a_declaration_of_1024_octets_is_the_longest() -> None:
    start, end = b"<?xml version='1.0'", b"?>"
    padding = b" " * (1024 - len(start + end))
    assert xml.parse(start + padding + end + b"<a/>").tag == "a"
    with refused("SOA-03001", "the XML declaration does not end"):
        xml.parse(start + padding + b" " + end + b"<a/>")


def test_an_encoding_that_stands_behind_the_declaration_is_none() -> None:
    document = b"<?xml version='1.0'?><a encoding='iso-8859-1'>\xc3\xa9 encoding='utf-16'</a>"
    assert xml.parse(document).text == "é encoding='utf-16'"


def test_us_ascii_is_taken_at_its_word() -> None:
    with refused("SOA-03001", "us-ascii"):
        xml.parse("<a>é</a>".encode(), charset="us-ascii")
    with refused("SOA-03001", "us-ascii"):
        xml.parse("<?xml version='1.0' encoding='us-ascii'?><a>é</a>".encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_utf_16_is_refused_with_and_without_mark(encoding: str) -> None:
    with refused("SOA-03001", "NUL"):
        xml.parse("<a>x</a>".encode(encoding))


def test_utf_7_and_bad_utf_8_are_not_well_formed() -> None:
    with refused("SOA-03001", "not well-formed"):
        xml.parse(b"+ADw-a/+AD4-")
    with refused("SOA-03001", "not well-formed"):
        xml.parse(b"<a>\xc3\x28</a>")
    with refused("SOA-03001", "not well-formed"):
        xml.parse(b"<a>\xc0\xbc</a>")


def test_nul_is_refused() -> None:
    with refused("SOA-03001", "NUL"):
        xml.parse(b"<a>\x00</a>")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b" ",
        b"<a>",
        b"<a/><b/>",
        b"text",
        b"<a b=1/>",
        b"<a>&unknown;</a>",
        b"<a>\x01</a>",
        b"<a><b></a></b>",
        b"<p:a/>",
        b'<a x="1" x="2"/>',
        b" <?xml version='1.0'?><a/>",
        f"<a><{CANARY}></a>".encode(),
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_place_only(document: bytes) -> None:
    with refused("SOA-03001", "not well-formed XML: line 1, column "):
        xml.parse(document)


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE a><a/>",
        b" \r\n\t<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        b'<!-- <!DOCTYPE x> --><?pi <? ?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"\xef\xbb\xbf<!DOCTYPE a><a/>",
        b"<!----><!DOCTYPE a><!----><a/>",
        b"<??><!DOCTYPE a><??><a/>",
        b"<!--a--><!-- -->\n<?p c?><?q d?><!--a--><!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ATTLIST a x CDATA "1">]><a/>',
    ],
)
def test_every_doctype_is_refused(document: bytes) -> None:
    with refused("SOA-03001", "DOCTYPE"):
        xml.parse(document)
    with refused("SOA-03001", "DOCTYPE"):
        xml._check_prolog(document.removeprefix(b"\xef\xbb\xbf"))


def test_a_doctype_is_refused_before_anything_in_it_is_expanded() -> None:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 20))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "{CANARY}">{entities}]><a x="&e19;"/>'
    before = clock.monotonic()
    with refused("SOA-03001", "DOCTYPE is not allowed"):
        xml.parse(bomb.encode())
    assert clock.monotonic() - before < 5


def test_a_doctype_that_the_prolog_check_missed_is_still_refused() -> None:
    with refused("SOA-03001", "DOCTYPE is not allowed"):
        xml._parse(b"<!DOCTYPE a><a/>")


@pytest.mark.parametrize("huge", [False, True])
def test_the_parser_itself_does_nothing_that_a_doctype_asks_for(tmp_path: Path, huge: bool) -> None:
    """Behind the two checks: no default attribute, no entity, no validation, no other file (which `collect_ids=False`
    alone makes libxml2 read)."""
    inner = b'<!DOCTYPE a [<!ELEMENT a (b)><!ATTLIST a x CDATA "1"><!ENTITY e "text">]><a>&e;</a>'
    root = etree.fromstring(inner, xml._parser(huge))
    assert (dict(root.attrib), root.text, [child.tag for child in root]) == ({}, None, [etree.Entity])
    outside = tmp_path / "outside.dtd"
    outside.write_text('<!ENTITY outer "text">', "utf-8")
    root = etree.fromstring(f'<!DOCTYPE a SYSTEM "{outside}"><a/>'.encode(), xml._parser(huge))
    read: Any = root.getroottree().docinfo.externalDTD
    assert read is None or not list(read.iterentities())


def test_what_only_looks_like_a_doctype_is_text() -> None:
    assert xml.parse(b"<!--a--><!--b--> <?p c?><?q d?><a/>").tag == "a"
    assert xml.parse(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").text == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    "split",
    [
        b"7902<!-- -->1802145",
        b"7902<?x y?>1802145",
        b"<![CDATA[7902]]>1802145",
        b"79<!---->02<?x?>18<![CDATA[02]]>145",
        b"7902&#49;802145",
    ],
)
def test_a_split_identifier_comes_out_as_one_text(split: bytes) -> None:
    """What a signature covers and what `.text` shows have to be the same characters."""
    root = xml.parse(b"<a><id>" + split + b"</id></a>")
    assert root[0].text == "79021802145"
    assert len(root[0]) == 0
    assert root.xpath("count(id/text())") == 1
    assert etree.tostring(root, method="c14n", exclusive=True) == b"<a><id>79021802145</id></a>"


def nested(levels: int) -> bytes:
    return b"<a>" * levels + b"</a>" * levels


def test_256_levels_are_the_most() -> None:
    assert xml.parse(nested(256)) is not None
    # The parser's own limits stand for all but the largest bodies.
    with refused("SOA-03001", "over a limit of the parser, such as 256 levels"):
        xml.parse(nested(257))


def test_the_depth_holds_for_bodies_over_the_text_limit_too() -> None:
    """With huge_tree libxml2 alone would allow 2048 levels."""
    padding = b"<!--" + b"x" * xml.HUGE_OVER + b"-->"
    assert xml.parse(padding + nested(256)) is not None
    with refused("SOA-03001", "more than 256 levels"):
        xml.parse(padding + nested(257))


def test_the_limit_of_a_text_is_lifted_over_ten_million_octets_only() -> None:
    """Each parser says it in words of its own."""
    for length, reason in ((10_000_000, "over a limit of the parser"), (10_000_001, "more than 256 levels")):
        deep = nested(257)
        with refused("SOA-03001", reason):
            xml.parse(b"<!--" + b"x" * (length - len(deep) - 7) + b"-->" + deep)


def test_200_000_elements_are_the_most() -> None:
    assert len(xml.parse(b"<a>" + b"<b/>" * 199_999 + b"</a>")) == 199_999
    with refused("SOA-03001", "more than 200000 elements"):
        xml.parse(b"<a>" + b"<b/>" * 200_000 + b"</a>")


def test_far_too_many_elements_are_refused_unparsed() -> None:
    with refused("SOA-03001", "more than 200000 elements"):
        xml.parse(b"<" * (xml.MAX_MARKUP + 1))


def test_so_much_markup_is_no_document_of_so_many_elements() -> None:
    """An element takes one or two `<`; more of them stand in comments and CDATA only."""
    assert xml.parse(b"<a><!--" + b"<" * 399_997 + b"--></a>").tag == "a"
    with refused("SOA-03001", "more than 200000 elements"):
        xml.parse(b"<a><!--" + b"<" * 399_998 + b"--></a>")


def test_text_over_10_mb_is_read_whole() -> None:
    text = "A" * (xml.HUGE_OVER + 1)
    assert xml.parse(f"<a>{text}</a>".encode()).text == text


# A document with little markup is looked at in another way than one with much.
BESIDE = [b"", b"<i/>" * 300]


@pytest.mark.parametrize("beside", BESIDE, ids=len)
def test_attributes_are_limited_as_canonicalisation_is_quadratic_in_them(beside: bytes) -> None:
    def document(count: int) -> bytes:
        return b"<r><a " + b" ".join(b'x%d="1"' % i for i in range(count)) + b"/>" + beside + b"</r>"

    assert len(xml.parse(document(64))[0].attrib) == 64
    with refused("SOA-03001", "more than 64 attributes"):
        xml.parse(document(65))


@pytest.mark.parametrize("beside", BESIDE, ids=len)
def test_namespaces_in_scope_are_limited_but_not_their_repetition(beside: bytes) -> None:
    def document(count: int) -> bytes:
        return b"<r><a " + b" ".join(b'xmlns:p%d="urn:p"' % i for i in range(count)) + b"/>" + beside + b"</r>"

    assert len(xml.parse(document(256))[0].nsmap) == 256
    with refused("SOA-03001", "more than 256 namespaces"):
        xml.parse(document(257))
    closed = b'<b xmlns="urn:b"/>' * 1000
    assert len(xml.parse(b"<a>" + closed + b"</a>")) == 1000
    with refused("SOA-03001", "more than 256 namespaces"):
        xml.parse(b"<z>" + closed + document(257) + b"</z>")
    outer = b" ".join(b'xmlns:q%d="urn:q"' % i for i in range(200))
    with refused("SOA-03001", "more than 256 namespaces"):
        xml.parse(b"<z " + outer + b">" + closed + document(57) + b"</z>")
    spread = b" ".join(b'xmlns:p%d="urn:p"' % i for i in range(200))
    assert len(xml.parse(b"<a><b " + spread + b"/><b " + spread + b"/>" + beside + b"</a>")) == 2 + beside.count(b"<")


@pytest.mark.parametrize("beside", BESIDE, ids=len)
@pytest.mark.parametrize("name", [b"relative", b"../up", b"?query", b"a/b:c"])
def test_a_relative_namespace_name_is_refused_as_it_has_no_canonical_form(name: bytes, beside: bytes) -> None:
    """lxml parses it and fails only in c14n, in the middle of a signature."""
    with refused("SOA-03001", "namespace name is not absolute"):
        xml.parse(b'<a><b xmlns:p="' + name + b'" p:x="1"/>' + beside + b"</a>")


@pytest.mark.parametrize("beside", BESIDE, ids=len)
def test_an_absolute_namespace_name_is_so_in_any_case(beside: bytes) -> None:
    assert xml.parse(b'<a><b xmlns="URN:X"/>' + beside + b"</a>")[0].tag == "{URN:X}b"


def test_an_xml_id_is_an_attribute_as_any_other() -> None:
    """Nothing is found by it, so it may be stated twice, and be anything."""
    root = xml.parse(b'<a><b xml:id="x"/><b xml:id="x"/><b xml:id="1 2"/></a>')
    assert [list(child.attrib.values()) for child in root] == [["x"], ["x"], ["1 2"]]
    assert root.xpath("id('x')") == []


def test_no_default_namespace_is_no_relative_one() -> None:
    """E-Contract's client writes xmlns="" on the Body."""
    assert xml.parse(b'<p:a xmlns:p="urn:p"><b xmlns=""/></p:a>')[0].tag == "b"


def test_nothing_outside_is_read(tmp_path: object) -> None:
    """XInclude and xml:base stay what they are: elements and attributes."""
    document = b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/hostname"/></a>'
    assert len(xml.parse(document)[0]) == 0


def test_white_space_before_the_root_takes_no_time() -> None:
    before = clock.monotonic()
    assert xml.parse(b" " * 5_000_000 + b"<a/>").tag == "a"
    assert clock.monotonic() - before < 5


def test_a_thread_makes_its_parsers_once() -> None:
    usual, huge = xml._parser(False), xml._parser(True)
    assert (xml._parser(False), xml._parser(True)) == (usual, huge)


def test_threads_do_not_disturb_each_other() -> None:
    found: list[str | None] = []

    def work(number: int) -> None:
        for _ in range(50):
            found.append(xml.parse(f"<a>{number}</a>".encode()).text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=str) == sorted((str(number) for number in range(8) for _ in range(50)), key=str)
