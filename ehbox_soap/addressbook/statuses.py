"""How a request to the address book ends, as statuses with words.

Knows: the codes of commons v2 that are seen, and ours. Must not know: criteria, results.
A refusal is an ordinary answer; its words name elements and never a value of the request.
"""

from __future__ import annotations

from ehbox_soap.addressbook.ours import MORE_RESULTS
from ehbox_soap.wire.types.address_book import Status

SUCCESS = "urn:be:fgov:ehealth:2.0:status:Success"
DATA_NOT_FOUND = "urn:be:fgov:ehealth:2.0:status:DataNotFound"
REQUESTER = "urn:be:fgov:ehealth:2.0:status:Requester"

NOT_SUPPORTED = "This combination of search criteria is not supported"
"""How the platform begins such a refusal (client)."""


class Refused(Exception):
    """A request that the address book turns down, with the status that says why."""

    def __init__(self, message: str) -> None:
        self.status = Status((REQUESTER,), message)
        super().__init__(message)


def found(count: int) -> Status:
    """The status of an answer with so many results, all there are: with none, DataNotFound within Success."""
    if count:
        return Status((SUCCESS,), "Success")
    return Status((SUCCESS, DATA_NOT_FOUND), "Nothing was found")


def more(next_offset: int) -> Status:
    """The status of a page that is followed by another."""
    return Status((SUCCESS, MORE_RESULTS), f"There are more results: ask again with Offset {next_offset}")


def only(count: int) -> Status:
    """The status of the first so many with a number, which is not searched for page by page."""
    return Status((SUCCESS, MORE_RESULTS), f"There are more results with that number than the {count} of one answer")
