"""The Publication port: ehBoxPublication v3.

Knows: which function of the mailbox answers which operation. Must not know: what the function does.
"""

from __future__ import annotations

from ehbox_soap.mailbox import publication
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import House
from ehbox_soap.ports.documents import Description
from ehbox_soap.ports.mailbox import MailboxDialect, Operation, Scene
from ehbox_soap.wire import types

PATH = "/ehBoxPublication/v3"
SERVICES = {PATH: Description("ehealthbox", "ehBoxPublication.wsdl")}


def _send_message(request: types.SendMessageRequest, scene: Scene) -> types.SendMessageResponse:
    return publication.send_message(request, scene.caller, scene.transaction, scene.now, scene.rules, scene.chance)


BUILT = {"sendMessage": Operation(_send_message, writes=True)}


def port(house: House) -> Port:
    """The port, with every operation that its WSDL declares."""
    return Port("publication", MailboxDialect(house.contract.publication, BUILT), house)
