"""What nothing public says of the address book: every decision that is ours, and the constants that are it.

Knows: the rules whose origin is "ours". Must not know: requests, the store, the wire. README counts DECISIONS.
What is known: the contract; the searches of the platform's page; from clients, that a refusal is Requester with words,
that MaxElements over 100 is refused, that no total is told and Offset begins at 0, that DataNotFound stands within
Success, that names take a `*`, that a doctor is a PHYSICIAN, how the kinds of numbers are called, the type Mail.
"""

from __future__ import annotations

from ehbox_soap.decision import Decision

DECISIONS: tuple[Decision, ...] = (
    Decision("BOOK-1", "whoever has a box may ask; in the strict directory it must be registered"),
    Decision("BOOK-2", "an e-mail address is searched for whole, of professionals only"),
    Decision("BOOK-2", "every criterion that a search does not take is refused and named, rather than left out"),
    Decision("BOOK-3", "names match from their beginning, with or without * at their end; no * may stand elsewhere"),
    Decision("BOOK-3", "spaces and marks in names do not matter either"),
    Decision("BOOK-3", "a city is searched for whole, in any of its languages, unless it ends in *"),
    Decision("BOOK-3", "a professional is found at the addresses of the profession and at its own"),
    Decision("BOOK-4", "of a NIHII the first 8 digits decide; several people with one number are told apart by SSIN"),
    Decision("BOOK-5", "professionals are ordered by name, or by INSS where a place or an address was asked for"),
    Decision("BOOK-5", "organisations are ordered by their number; one number in two types is two results"),
    Decision(
        "BOOK-5",
        "a search by number is not paged, as a known client asks for its second result: its one answer has the first "
        "max_results",
    ),
    Decision("BOOK-5", "MoreResults within Success tells that there are more, and with which Offset to go on"),
    Decision("BOOK-6", "a person without a profession is no professional"),
    Decision("BOOK-6", "an organisation of several types is told once, with the types, names and boxes of all"),
    Decision(
        "BOOK-7", "codes of professions and types are the qualities of the boxes; their names are in three languages"
    ),
    Decision("BOOK-7", "the source of such a code is called eHealth; a phone number has the type Phone"),
    Decision("BOOK-7", "a text without a language is in the language of who is told of"),
)

# BOOK-5
MORE_RESULTS = "urn:be:fgov:ehealth:2.0:status:MoreResults"
# BOOK-7
CODE_SOURCE = "eHealth"
