"""The address book, as a client calls it.

Knows: its operations, how to go from page to page. Must not know: how a call is signed or sent, which searches there
are. Every operation raises LookupRefusedError for a refusal, FaultError for a fault; finding nobody is an empty answer.
All of them only read, so they are made again if their answer is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from ehbox_soap.client.errors import LookupRefusedError
from ehbox_soap.client.port import SecuredPort
from ehbox_soap.ids import hexadecimal
from ehbox_soap.wire.codec import ADDRESS_BOOK
from ehbox_soap.wire.types import address_book as book

SUCCESS = "urn:be:fgov:ehealth:2.0:status:Success"
MORE_RESULTS = "urn:be:fgov:ehealth:2.0:status:MoreResults"
"""Within Success: there are more than the answer holds."""


class AddressBook(SecuredPort):
    """AddressBook v1. A request without IssueInstant and Id gets them when it is sent."""

    service = "addressbook"
    wsdl_name = "AddressBook.wsdl"

    def search_professionals(self, request: book.SearchProfessionalsRequest) -> book.SearchProfessionalsResponse:
        """One page of the professionals that match."""
        return cast(book.SearchProfessionalsResponse, self._ask("searchProfessionals", request))

    def search_organizations(self, request: book.SearchOrganizationsRequest) -> book.SearchOrganizationsResponse:
        """One page of the organisations that match."""
        return cast(book.SearchOrganizationsResponse, self._ask("searchOrganizations", request))

    def professional_pages(
        self, request: book.SearchProfessionalsRequest
    ) -> Iterator[book.SearchProfessionalsResponse]:
        """The answers from the request's Offset on, each of its MaxElements; by number the one answer that there is."""
        while True:
            answer = self.search_professionals(request)
            yield answer
            # No answer tells how many there are: a page that is not full is the last one.
            if len(answer.professionals) != request.max_elements or request.nihii or request.ssin:
                return
            request = replace(request, offset=request.offset + request.max_elements)

    def organization_pages(
        self, request: book.SearchOrganizationsRequest
    ) -> Iterator[book.SearchOrganizationsResponse]:
        """The answers from the request's Offset on, each of its MaxElements; by number the one answer that there is."""
        while True:
            answer = self.search_organizations(request)
            yield answer
            if len(answer.organizations) != request.max_elements or request.nihii or request.cbe or request.ehp:
                return
            request = replace(request, offset=request.offset + request.max_elements)

    def all_professionals(self, request: book.SearchProfessionalsRequest) -> Iterator[book.HealthCareProfessional]:
        """The professionals that match, of every page."""
        for answer in self.professional_pages(request):
            yield from answer.professionals

    def all_organizations(self, request: book.SearchOrganizationsRequest) -> Iterator[book.HealthCareOrganization]:
        """The organisations that match, of every page."""
        for answer in self.organization_pages(request):
            yield from answer.organizations

    def get_professional_contact_info(
        self, request: book.GetProfessionalContactInfoRequest
    ) -> book.IndividualContactInformation | None:
        """Everything that is known of a professional; None if there is none with that number."""
        answer = self._ask("getProfessionalContactInfo", request)
        return cast(book.GetProfessionalContactInfoResponse, answer).professional

    def get_organization_contact_info(
        self, request: book.GetOrganizationContactInfoRequest
    ) -> book.OrganizationContactInformation | None:
        """Everything that is known of an organisation; None if there is none with that number."""
        answer = self._ask("getOrganizationContactInfo", request)
        return cast(book.GetOrganizationContactInfoResponse, answer).organization

    def _ask(self, operation: str, request: book.Request) -> book.Answer:
        return self.session.retry.run(lambda: self._once(operation, request))

    def _once(self, operation: str, request: book.Request) -> book.Answer:
        session = self.session
        moment = request.issue_instant or session.clock.now()
        # An xs:ID begins with no digit.
        stated = replace(request, issue_instant=moment, id=request.id or f"_{hexadecimal(session.chance)}")
        answer = self._exchange(operation, stated, ADDRESS_BOOK)
        if answer.reply.status.codes[0] != SUCCESS:
            raise LookupRefusedError(answer)
        return answer
