"""The whole of what is told of a person and of an organisation, against elements written out by hand.

Elements, attributes and their order are the contract's (aa:complextype:v1, addressbook:core:v1), values the seed's.
Codes of professions and types, their words and source, and the language of a text that names none are ours (BOOK-7),
the type Mail is a client's, a box is stated as BOX-1 has it.
"""

from __future__ import annotations

import pytest
from lxml import etree

from ehbox_soap.register.loading import load
from ehbox_soap.register.seed import read_seed
from tests.door import Door
from tests.front.book import NS, Book
from tests.front.cast import DOCTOR, HOSPITAL, Cast
from tests.front.conftest import Fresh
from tests.register.test_contacts import TOML

# One mail is the hospital's too. The second address has a country without its two letters and a postal code of another
# country's, the third no more of its country than a code, and a digit that is none of a number.
PHARMACY = f"""
[[organisation]]
type = "NIHII"
id = "{HOSPITAL}"
quality = "PHARMACY"
name = "Apotheek van het ziekenhuis"
language = "nl"
emails = ["apotheek@hospital.example", "info@hospital.example"]
phones = ["+32 4 000 00 02"]

[[organisation.address]]
type = "Work"
street = "Voorbeeldstraat"
number = "7"
postal_code = "4000"
city = "Luik"
country = "BE"

[[organisation.address]]
street = "Damrak"
postal_code = "1011 AB"
city = "Amsterdam"
country_name = {{ nl = "Nederland", fr = "Pays-Bas" }}

[[organisation.address]]
street = "Rue Fictive"
postal_code = "59²00"
city = "Lille"
country_nsi = "111"

[[organisation]]
type = "NIHII"
id = "81990338000"
quality = "LABO"
name = "Laboratoire Fictif"
"""

PERSON = f"""
<book:IndividualContactInformation>
  <aa:SSIN>{DOCTOR}</aa:SSIN>
  <aa:LastName>Voorbeeld</aa:LastName>
  <aa:FirstName>Dora</aa:FirstName>
  <aa:MiddleNames>Anna Maria</aa:MiddleNames>
  <aa:Language>nl</aa:Language>
  <aa:Gender>F</aa:Gender>
  <aa:BirthDate>1971-03-14</aa:BirthDate>
  <aa:DeathDate>2020-02-29</aa:DeathDate>
  <aa:Address>
    <aa:Street><aa:Description xml:lang="nl">Kerkstraat</aa:Description></aa:Street>
    <aa:Municipality>
      <aa:Description xml:lang="nl">Gent</aa:Description>
      <aa:Description xml:lang="fr">Gand</aa:Description>
    </aa:Municipality>
  </aa:Address>
  <aa:HealthCareAdditionalInformation Type="Mail">dora@home.example</aa:HealthCareAdditionalInformation>
  <aa:HealthCareAdditionalInformation Type="Phone">+32 9 000 00 00</aa:HealthCareAdditionalInformation>
  <aa:HealthCareAdditionalInformation Type="Phone">+32 470 00 00 00</aa:HealthCareAdditionalInformation>
  <core:ProfessionalInformation>
    <aa:Profession>
      <aa:ProfessionCode authenticSource="eHealth" type="code">PHYSICIAN</aa:ProfessionCode>
      <aa:ProfessionFriendlyName xml:lang="fr">Médecin</aa:ProfessionFriendlyName>
      <aa:ProfessionFriendlyName xml:lang="nl">Arts</aa:ProfessionFriendlyName>
      <aa:ProfessionFriendlyName xml:lang="en">Physician</aa:ProfessionFriendlyName>
      <aa:NIHII>19990116004</aa:NIHII>
      <aa:Speciality>
        <aa:SpecialityCode>10</aa:SpecialityCode>
        <aa:SpecialityFriendlyName xml:lang="nl">Huisarts</aa:SpecialityFriendlyName>
        <aa:SpecialityFriendlyName xml:lang="fr">Généraliste</aa:SpecialityFriendlyName>
      </aa:Speciality>
    </aa:Profession>
    <aa:Address Type="Work">
      <aa:BSTCode>bst</aa:BSTCode>
      <aa:Street>
        <aa:NSICode>1</aa:NSICode>
        <aa:Description xml:lang="nl">Wetstraat</aa:Description>
        <aa:Description xml:lang="fr">Rue de la Loi</aa:Description>
      </aa:Street>
      <aa:HouseNumber>16</aa:HouseNumber>
      <aa:PostBox>B</aa:PostBox>
      <aa:Municipality>
        <aa:ZipCode>1000</aa:ZipCode>
        <aa:NSICode>2</aa:NSICode>
        <aa:Description xml:lang="nl">Brussel</aa:Description>
        <aa:Description xml:lang="fr">Bruxelles</aa:Description>
      </aa:Municipality>
      <aa:Country>
        <aa:ISOCode>BE</aa:ISOCode>
        <aa:NSICode>3</aa:NSICode>
        <aa:Description xml:lang="nl">België</aa:Description>
      </aa:Country>
    </aa:Address>
    <aa:HealthCareAdditionalInformation Type="Mail">dora@work.example</aa:HealthCareAdditionalInformation>
    <aa:HealthCareAdditionalInformation Type="Fax">+32 2 000 00 00</aa:HealthCareAdditionalInformation>
    <core:EHealthBox>
      <core:Id>{DOCTOR}</core:Id><core:Type>INSS</core:Type><core:Quality>DOCTOR</core:Quality>
    </core:EHealthBox>
  </core:ProfessionalInformation>
  <core:ProfessionalInformation>
    <aa:Profession>
      <aa:ProfessionCode authenticSource="eHealth" type="code">NURSE</aa:ProfessionCode>
      <aa:ProfessionFriendlyName xml:lang="fr">Infirmier</aa:ProfessionFriendlyName>
      <aa:ProfessionFriendlyName xml:lang="nl">Verpleegkundige</aa:ProfessionFriendlyName>
      <aa:ProfessionFriendlyName xml:lang="en">Nurse</aa:ProfessionFriendlyName>
    </aa:Profession>
    <core:EHealthBox>
      <core:Id>{DOCTOR}</core:Id><core:Type>INSS</core:Type><core:Quality>NURSE</core:Quality>
    </core:EHealthBox>
  </core:ProfessionalInformation>
</book:IndividualContactInformation>
"""

# BOOK-6: once, with types, names, addresses and boxes of both; the contract's ZipCode is a number.
ORGANISATION = f"""
<book:OrganizationContactInformation>
  <aa:Id authenticSource="NIHII" type="NIHII">{HOSPITAL}</aa:Id>
  <aa:OrganizationTypeCode authenticSource="eHealth" type="code">HOSPITAL</aa:OrganizationTypeCode>
  <aa:OrganizationTypeCode authenticSource="eHealth" type="code">PHARMACY</aa:OrganizationTypeCode>
  <aa:OrganizationTypeFriendlyName xml:lang="fr">Hôpital</aa:OrganizationTypeFriendlyName>
  <aa:OrganizationTypeFriendlyName xml:lang="nl">Ziekenhuis</aa:OrganizationTypeFriendlyName>
  <aa:OrganizationTypeFriendlyName xml:lang="en">Hospital</aa:OrganizationTypeFriendlyName>
  <aa:OrganizationTypeFriendlyName xml:lang="fr">Pharmacie</aa:OrganizationTypeFriendlyName>
  <aa:OrganizationTypeFriendlyName xml:lang="nl">Apotheek</aa:OrganizationTypeFriendlyName>
  <aa:OrganizationTypeFriendlyName xml:lang="en">Pharmacy</aa:OrganizationTypeFriendlyName>
  <aa:Name xml:lang="fr">Hôpital Exemple</aa:Name>
  <aa:Name xml:lang="nl">Ziekenhuis Voorbeeld</aa:Name>
  <aa:Name xml:lang="nl">Apotheek van het ziekenhuis</aa:Name>
  <aa:Address>
    <aa:Street><aa:Description xml:lang="fr">Rue Exemple</aa:Description></aa:Street>
    <aa:Municipality>
      <aa:ZipCode>4000</aa:ZipCode>
      <aa:Description xml:lang="fr">Liège</aa:Description>
    </aa:Municipality>
  </aa:Address>
  <aa:Address Type="Work">
    <aa:Street><aa:Description xml:lang="nl">Voorbeeldstraat</aa:Description></aa:Street>
    <aa:HouseNumber>7</aa:HouseNumber>
    <aa:Municipality>
      <aa:ZipCode>4000</aa:ZipCode>
      <aa:Description xml:lang="nl">Luik</aa:Description>
    </aa:Municipality>
    <aa:Country><aa:ISOCode>BE</aa:ISOCode></aa:Country>
  </aa:Address>
  <aa:Address>
    <aa:Street><aa:Description xml:lang="nl">Damrak</aa:Description></aa:Street>
    <aa:Municipality><aa:Description xml:lang="nl">Amsterdam</aa:Description></aa:Municipality>
    <aa:Country>
      <aa:Description xml:lang="nl">Nederland</aa:Description>
      <aa:Description xml:lang="fr">Pays-Bas</aa:Description>
    </aa:Country>
  </aa:Address>
  <aa:Address>
    <aa:Street><aa:Description xml:lang="nl">Rue Fictive</aa:Description></aa:Street>
    <aa:Municipality><aa:Description xml:lang="nl">Lille</aa:Description></aa:Municipality>
    <aa:Country><aa:NSICode>111</aa:NSICode></aa:Country>
  </aa:Address>
  <aa:HealthCareAdditionalInformation Type="Mail">info@hospital.example</aa:HealthCareAdditionalInformation>
  <aa:HealthCareAdditionalInformation Type="Mail">apotheek@hospital.example</aa:HealthCareAdditionalInformation>
  <aa:HealthCareAdditionalInformation Type="Phone">+32 4 000 00 02</aa:HealthCareAdditionalInformation>
  <core:EHealthBox>
    <core:Id>{HOSPITAL}</core:Id><core:Type>NIHII</core:Type><core:SubType>HOSPITAL</core:SubType>
    <core:Quality>HOSPITAL</core:Quality>
  </core:EHealthBox>
  <core:EHealthBox>
    <core:Id>{HOSPITAL}</core:Id><core:Type>NIHII</core:Type><core:SubType>PHARMACY</core:SubType>
    <core:Quality>PHARMACY</core:Quality>
  </core:EHealthBox>
</book:OrganizationContactInformation>
"""


@pytest.fixture
def whole(fresh: Fresh, people: Cast) -> Book:
    """The address book of a register with every field there is."""
    door: Door = fresh()
    path = door.folder / "whole.toml"
    path.write_text(TOML + PHARMACY, encoding="utf-8")
    with door.house.store.begin() as transaction:
        load(read_seed(path), transaction)
    return Book(door, people.doctor)


def same(found: etree._Element, written: str) -> None:
    """What is told is what is written, prefixes and white space between elements aside."""
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NS.items())
    (expected,) = etree.fromstring(f"<expected {declared}>{written}</expected>")
    assert lines(found) == lines(expected)


def lines(element: etree._Element, path: str = "") -> list[tuple[str, dict[str, str], str]]:
    """Each element from this one on by its way, with attributes and text."""
    way = f"{path}/{element.tag}"
    own = way, {str(name): str(value) for name, value in element.attrib.items()}, (element.text or "").strip()
    return [own, *(line for child in element for line in lines(child, way))]


def test_every_field_of_a_professional(whole: Book) -> None:
    (told,) = whole.person(SSIN=DOCTOR).element.iterfind("book:IndividualContactInformation", NS)
    same(told, PERSON)


def test_every_field_of_an_organisation_in_two_types(whole: Book) -> None:
    (told,) = whole.organisation(NIHII=HOSPITAL).element.iterfind("book:OrganizationContactInformation", NS)
    same(told, ORGANISATION)


def test_the_box_of_a_nihii_of_11_digits_has_8(whole: Book) -> None:
    """BOX-1: in the table of boxes a NIHII has 8 digits."""
    answer = whole.organisation(NIHII="81990338")
    assert answer.texts(".//aa:Id") == ["81990338000"]
    assert answer.texts(".//core:EHealthBox/*") == ["81990338", "NIHII", "LABO", "LABO"]
