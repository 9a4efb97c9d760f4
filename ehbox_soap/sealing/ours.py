"""What nothing public says of sealed content, the ETK depot and the KGSS: every decision of these rooms that is ours.

Knows: what was decided. Must not know: how it is done. README counts DECISIONS, so that a user can tell fidelity from
invention; docs/encryption.md lists them.
"""

from __future__ import annotations

from ehbox_soap.decision import Decision

DECISIONS: tuple[Decision, ...] = (
    Decision("sealed content", "an authentication key that is EC signs by ECDSA with SHA-256"),
    Decision("sealed content", "the chain must hold at the signing time, which is at most 5 minutes ahead"),
    Decision("sealed content", "without algorithm protection it is read too: there is but one digest to substitute"),
    Decision("sealed content", "no other digest than SHA-256, no other ciphers than AES-128-CBC and AES-256-CBC"),
    Decision("sealed content", "each certificate beside the signer's is trusted, or issued by itself or one that is"),
    Decision("sealed content", "neither revocation lists nor unsigned attributes go along: nobody signed them"),
    Decision("sealed content", "all fields of a message are by one certificate; who the sender is says the reader"),
    Decision("token", "the depot signs by RSA PKCS#1 v1.5 with SHA-256 over signed attributes"),
    Decision("token", "tokens of any depot are taken: their signature holds, whoever that depot is"),
    Decision("ETK depot", "of several tokens for one name the one added last is given out"),
    Decision("ETK depot", "without an application asked for, and none that has none, those of applications are named"),
    Decision("ETK depot", "several identifiers are looked for each by itself, and the same token once"),
    Decision(
        "ETK depot",
        "a person's NIHII number in the register finds the token of the INSS; several people of one are named",
    ),
    Decision("ETK depot", "CBE and EHP with a quality find the token of the number alone"),
    Decision("ETK depot", "code and text of the Error when nothing is found; that a SOAPAction GetEtk is fine"),
    Decision("KGSS", "success is 100; a refusal is 400 with one Error, whose codes and texts stand in kgss/answers.py"),
    Decision("KGSS", "keys are AES of 128 bits, their names 16 random octets"),
    Decision("KGSS", "one AllowedReader suffices, one ExludedReader prevents; without values any value counts"),
    Decision("KGSS", "an unknown key is refused in the words of one that is not allowed"),
    Decision("KGSS", "a secured call's content must be sealed by the owner of the assertion's certificate"),
    Decision("KGSS", "an ETK must be the caller's own and one that the depot gives out"),
    Decision("KGSS", "a seal gets a new key once, for security.timestamp_seconds, and at most skew_seconds ahead"),
    Decision("KGSS", "a symmetric key without identifier is named by the identifier of the key asked for"),
    Decision("KGSS", "DeletionStrategy, which is empty, is taken and means nothing; keys are kept"),
)
