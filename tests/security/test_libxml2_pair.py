"""lxml and xmlsec hand each other libxml2 trees: both wheels must be built with the same libxml2."""

from __future__ import annotations

import xmlsec
from lxml import etree


def test_lxml_and_xmlsec_share_libxml2() -> None:
    assert tuple(xmlsec.get_libxml_version()) == etree.LIBXML_VERSION
    assert tuple(xmlsec.get_libxml_compiled_version()) == etree.LIBXML_COMPILED_VERSION
