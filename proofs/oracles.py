"""Two independent judges of assertions, python-xmlsec (over libxmlsec1) and signxml: each verifies what our STS issues
to somebody of every kind in both dialects, and what they sign anew is verified here.

Knows: who is asked for what, in the process. Must not know: how anything is signed or verified. Whoever does not agree
raises what it raises: a proof that ends is one that found nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from ehbox_soap.client import Dialect
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.security import assertions
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.sts.signer import Signer
from tests.door import START
from tests.sts.kinds import KINDS
from tests.sts.oracles import signed_by_signxml, signed_by_xmlsec, unsigned, verify_by_signxml, verify_by_xmlsec
from tests.sts.town import Town, kind_of_key

_DIALECTS: dict[Dialect, str] = {
    "saml-p": "issued by the STS in the SAML dialect",
    "ws-trust": "issued by the STS in the WS-Trust dialect",
}
_EC = "signed by the STS's signer with an EC key"
_THEIRS = {"signed by xmlsec": signed_by_xmlsec, "signed by signxml": signed_by_signxml}


@dataclass
class Judged:
    """How many of what were verified by whom."""

    by_xmlsec: Counter[str] = field(default_factory=Counter)
    by_signxml: Counter[str] = field(default_factory=Counter)
    here: Counter[str] = field(default_factory=Counter)

    def verify(self, what: str, octets: bytes, sts: KeyEntry) -> None:
        """One of ours, by both."""
        verify_by_xmlsec(octets, sts.certificate)
        self.by_xmlsec[what] += 1
        verify_by_signxml(octets, sts.certificate, START)
        self.by_signxml[what] += 1


def judged(folder: Path) -> Judged:
    """One assertion of each kind and dialect; what it says is then signed by the others, with an RSA and an EC key."""
    town, found = Town(folder), Judged()
    trust = Trust(town.authority.certificates, [town.authority.sts.certificate, town.other_sts.certificate])
    verifier = assertions.AssertionVerifier(profile("strict"), trust)
    try:
        for kind in KINDS:
            entry = kind.keys(town.authority, kind_of_key(kind))
            for dialect, what in _DIALECTS.items():
                octets = town.session(entry, dialect).assertion().octets
                found.verify(what, octets, town.authority.sts)
            ours = Signer(town.other_sts.key, town.other_sts.certificate).sign(unsigned(octets))
            found.verify(_EC, etree.tostring(ours), town.other_sts)
            for what, sign in _THEIRS.items():
                for sts in (town.authority.sts, town.other_sts):
                    presented = verifier.present(etree.fromstring(sign(unsigned(octets), sts)), START)
                    if verifier.verify(presented, START).assertion.holder != entry.certificate:
                        raise AssertionError(f"{what}: another holder")
                    found.here[what] += 1
    finally:
        town.door.close()
    return found
