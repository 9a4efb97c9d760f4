"""The test authority, its people, a store with the shipped seed: made once; a test that writes to it puts it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from lxml import etree

from ehbox_soap import resources
from ehbox_soap.clock import SetClock
from ehbox_soap.ids import Chance, SeededChance
from ehbox_soap.pki.authority import Authority
from ehbox_soap.pki.entries import KeyEntry
from ehbox_soap.ports.sts import Answer
from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import Seed, read_seed
from ehbox_soap.security.policy import profile
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import VerifiedStsCall
from ehbox_soap.store.engine import Store
from ehbox_soap.store.records import Person, Profession
from ehbox_soap.sts import saml11, trust13
from ehbox_soap.sts.decision import StsRules
from ehbox_soap.sts.signer import Signer
from tests.clients.wstrust import E_DECLARED
from tests.sts.layouts import SOAP, Ask

DORA, DENIS, ERIKA, BASILE = "71031499894", "68072599721", "93042799282", "04022999310"
SHORT = Person("75010199701", "Kort", "Kaat", None, (Profession("DIETICIAN", "69990141"),))
HOSPITAL, GROUP, INSTITUTION, EHP = "71990133", "94990417", "0999999031", "1999999006"


@dataclass(frozen=True)
class Cast:
    """Whom the tests are about; the authority nobody trusts issued `stranger`."""

    authority: Authority
    dora: KeyEntry
    dora_eid: KeyEntry
    dora_ec: KeyEntry
    denis: KeyEntry
    erika: KeyEntry
    basile: KeyEntry
    unregistered: KeyEntry
    hospital: KeyEntry
    group: KeyEntry
    institution: KeyEntry
    ehp: KeyEntry
    stranger: KeyEntry


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    folder = tmp_path_factory.mktemp("cast")
    pki = Authority.create(folder / "pki", SetClock(), SeededChance(11))
    strange = Authority.create(folder / "strange", SetClock(), SeededChance(12))
    return Cast(
        authority=pki,
        dora=pki.person(DORA, "Dora Voorbeeld"),
        dora_eid=pki.eid(DORA, "Voorbeeld", "Dora"),
        dora_ec=pki.person(DORA, "Dora Voorbeeld", kind="ec"),
        denis=pki.person(DENIS, "Denis Exemple"),
        erika=pki.person(ERIKA, "Erika Beispiel", kind="ec"),
        basile=pki.person(BASILE, "Basile Citoyen", kind="ec"),
        unregistered=pki.person("85061999766", "Nobody", kind="ec"),
        hospital=pki.organisation("NIHII-HOSPITAL", HOSPITAL, "Hôpital Exemple", kind="ec"),
        group=pki.organisation("NIHII-GROUP", GROUP, "Verpleging Verzonnen", kind="ec"),
        institution=pki.organisation("CBE", INSTITUTION, "Instelling Voorbeeld", kind="ec"),
        ehp=pki.organisation("EHP", EHP, "Institution Exemple", kind="ec"),
        stranger=strange.organisation("NIHII-HOSPITAL", HOSPITAL, "Hôpital Exemple", kind="ec"),
    )


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('store') / 'ehbox.db'}")
    store.migrate()
    with store.begin() as transaction:
        load(read_seed(resources.path("conf", "seed.toml")), transaction)
        load(Seed((SHORT,)), transaction)
    yield store
    store.close()


@dataclass
class Sts:
    """The STS as a server would hold it; `ask` is one call, signed by `identification` (the holder, if left out)."""

    cast: Cast
    store: Store
    rules: StsRules
    signer: Signer
    clock: SetClock = field(default_factory=SetClock)
    chance: Chance = field(default_factory=lambda: SeededChance(13))

    def ask(self, ask: Ask, identification: KeyEntry | None = None) -> etree._Element:
        return self.ask_element(ask.element(), identification or ask.holder)

    def ask_element(self, element: etree._Element, identification: KeyEntry) -> etree._Element:
        return self._answer(saml11.answer, element, identification)

    def trust(self, content: str, identification: KeyEntry) -> etree._Element:
        """A call in the WS-Trust dialect, written as a client writes it; the answer as it leaves the house."""
        body = f'<S:Envelope xmlns:S="{SOAP}"><S:Body {E_DECLARED}>{content}</S:Body></S:Envelope>'
        (element,) = etree.fromstring(body.encode())[0]
        return self._answer(trust13.answer, element, identification)

    def _answer(self, answer: Answer, element: etree._Element, identification: KeyEntry) -> etree._Element:
        body = element.getparent()
        assert body is not None
        verified = VerifiedStsCall(identification.certificate, body, sha1=False)
        with self.store.begin(write=False) as transaction:
            return answer(element, verified, transaction, self.clock, self.chance, self.signer, self.rules)


@pytest.fixture
def sts(cast: Cast, store: Store) -> Sts:
    key = cast.authority.sts
    trust = Trust(cast.authority.certificates, [key.certificate])
    return Sts(
        cast=cast,
        store=store,
        rules=StsRules(profile("wire"), trust, max_validity=timedelta(hours=24)),
        signer=Signer(key.key, key.certificate),
    )
