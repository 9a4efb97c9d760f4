"""The address book's port: AddressBook v1, whose every operation is secured like a mailbox call and only reads.

Knows: which function of the address book answers which operation. Must not know: which searches there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ehbox_soap.addressbook import search
from ehbox_soap.addressbook.search import AddressBookRules, Occasion
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import Call, House
from ehbox_soap.ports.documents import Description
from ehbox_soap.ports.secured import Secured, SecuredDialect, begin, identified
from ehbox_soap.wire import address_book, codec, contract
from ehbox_soap.wire.contract import Contract
from ehbox_soap.wire.types import address_book as book

PATH = "/AddressBook/v1"
SERVICES = {PATH: Description("addressbook", "AddressBook.wsdl")}

BUILT: dict[str, Callable[[Any, Occasion], book.Answer]] = {
    "searchProfessionals": search.search_professionals,
    "searchOrganizations": search.search_organizations,
    "getProfessionalContactInfo": search.get_professional_contact_info,
    "getOrganizationContactInfo": search.get_organization_contact_info,
}


class AddressBookDialect(SecuredDialect):
    """The steps of the address book's port."""

    def __init__(self, described: contract.Port, rules: AddressBookRules) -> None:
        super().__init__(described, codec.ADDRESS_BOOK)
        self.rules = rules

    def perform(self, call: Call, request: object) -> object:
        """Replay key first, then the caller, who must have a box (BOOK-1), then the operation."""
        secured = cast(Secured, request)
        transaction = begin(call, secured.sender, writes=False)
        identified(call, secured.sender, transaction)
        house = call.house
        occasion = Occasion(transaction.address_book, house.clock.now(), self.rules, house.chance)
        answer = BUILT[call.operation](secured.request, occasion)
        # Success, DataNotFound …: not a code of the mailbox, and told apart from one.
        call.outcome = answer.reply.status.codes[-1].rpartition(":")[2]
        return answer


def port(house: House) -> Port:
    """The port, with the rules of the settings."""
    described = Contract.load("addressbook").ports[address_book.NAMESPACE]
    rules = AddressBookRules(house.settings.address_book.max_results)
    return Port("address_book", AddressBookDialect(described, rules), house)
