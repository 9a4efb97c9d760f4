"""The Consultation port: ehBoxConsultation v3.

Knows: which function of the mailbox answers which operation, and whether it may write. Must not know: what it does.
"""

from __future__ import annotations

from ehbox_soap.mailbox import boxes, folders, history, moving, out_of_office, receipts
from ehbox_soap.ports.application import Port
from ehbox_soap.ports.call import House
from ehbox_soap.ports.documents import Description
from ehbox_soap.ports.mailbox import MailboxDialect, Operation, Scene
from ehbox_soap.wire import types

PATH = "/ehBoxConsultation/v3"
SERVICES = {PATH: Description("ehealthbox", "ehBoxConsultation.wsdl")}


def _get_messages_list(request: types.GetMessagesListRequest, scene: Scene) -> types.GetMessagesListResponse:
    return folders.get_messages_list(request, scene.caller, scene.transaction, scene.now, scene.rules, scene.chance)


def _get_all_ehboxes_messages_list(
    request: types.GetAllEhboxesMessagesListRequest, scene: Scene
) -> types.GetAllEhboxesMessagesListResponse:
    return folders.get_all_ehboxes_messages_list(
        request, scene.caller, scene.transaction, scene.now, scene.rules, scene.chance
    )


def _get_full_message(request: types.GetFullMessageRequest, scene: Scene) -> types.GetFullMessageResponse:
    return folders.get_full_message(request, scene.caller, scene.transaction, scene.now, scene.rules, scene.chance)


def _get_message_history(request: types.GetHistoryRequest, scene: Scene) -> types.GetHistoryResponse:
    return history.get_message_history(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _get_box_info(request: types.GetBoxInfoRequest, scene: Scene) -> types.GetBoxInfoResponse:
    return boxes.get_box_info(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _get_message_acknowledgments_status(
    request: types.GetMessageAcknowledgmentsStatusRequest, scene: Scene
) -> types.GetMessageAcknowledgmentsStatusResponse:
    return receipts.get_message_acknowledgments_status(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _move_message(request: types.MoveMessageRequest, scene: Scene) -> types.MoveMessageResponse:
    return moving.move_message(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _delete_message(request: types.DeleteMessageRequest, scene: Scene) -> types.DeleteMessageResponse:
    return moving.delete_message(request, scene.caller, scene.transaction, scene.now, scene.rules, scene.chance)


def _insert_ooo(request: types.InsertOoORequest, scene: Scene) -> types.InsertOoOResponse:
    return out_of_office.insert_ooo(request, scene.caller, scene.transaction, scene.now, scene.rules, scene.chance)


def _get_ooo_list(request: types.GetOoOListRequest, scene: Scene) -> types.GetOoOListResponse:
    return out_of_office.get_ooo_list(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _delete_ooo(request: types.DeleteOoORequest, scene: Scene) -> types.DeleteOoOResponse:
    return out_of_office.delete_ooo(request, scene.caller, scene.transaction, scene.now, scene.rules)


BUILT = {
    # A list marks what it shows as received, a full message as read (ACK-1): both write.
    "getMessagesList": Operation(_get_messages_list, writes=True),
    "getAllEhboxesMessagesList": Operation(_get_all_ehboxes_messages_list, writes=True),
    "getFullMessage": Operation(_get_full_message, writes=True),
    "getMessageHistory": Operation(_get_message_history, writes=False),
    "getBoxInfo": Operation(_get_box_info, writes=False),
    "getMessageAcknowledgmentsStatus": Operation(_get_message_acknowledgments_status, writes=False),
    "moveMessage": Operation(_move_message, writes=True),
    "deleteMessage": Operation(_delete_message, writes=True),
    "insertOoO": Operation(_insert_ooo, writes=True),
    "getOoOList": Operation(_get_ooo_list, writes=False),
    "deleteOoO": Operation(_delete_ooo, writes=True),
}


def port(house: House) -> Port:
    """The port, with every operation that its WSDL declares."""
    return Port("consultation", MailboxDialect(house.contract.consultation, BUILT), house)
