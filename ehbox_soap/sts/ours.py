"""What nothing public says of an STS, in one place: every decision of this room that is ours.

Knows: what was decided. Must not know: how it is done. README counts DECISIONS, so that a user can tell fidelity from
invention; docs/sts.md lists them.
"""

from __future__ import annotations

DECISIONS: tuple[str, ...] = (
    "the attributes of a quality that no known client asks for follow the forms of the known ones (BOX-7)",
    "whether a person identified itself (usersession) is certified of every person",
    "an organisation's nihii11 is its 8 digits and three zeros; a profession registered with 8 digits has none",
    "recognisedorganization is certified of every registered organisation, but of a CBE number only to an institution",
    "a person who holds an organisation's key is certified as both; of a second person or organisation nothing is",
    "validity is counted from the moment of the answer, as long as what was asked, wherever that began",
    "any other ConfirmationMethod than holder-of-key is refused by an answer (SAML) or a fault (WS-Trust)",
    "WS-Trust: a refusal is the fault SOA-01002; its reason begins with WS-Trust's code, such as wst:InvalidTimeRange",
    "WS-Trust: a claim's namespace is the identification namespace for the name of a number, else the certified one",
    "WS-Trust: without UseKey the assertion is bound to the caller's certificate, without Lifetime as long as allowed",
    "WS-Trust: the answer says TokenType and Lifetime beside the assertion",
    "WS-Trust: a challenge holds for 5 minutes, carries the wish under a seal, and does not tell what will be granted",
    "WS-Trust: only the subject of an assertion renews it, while it is valid, and only at the STS that issued it",
    "WS-Trust: a renewed assertion is as long as the old one, unless a Lifetime is asked for",
    "WS-Trust: names in the WSDL, of which nothing public is known",
)
