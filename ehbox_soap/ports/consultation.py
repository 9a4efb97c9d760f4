"""The Consultation port: ehBoxConsultation v3.

Knows: which function of the mailbox answers which operation, and whether it may write. Must not know: what it does.
"""

from __future__ import annotations

from ehbox_soap.mailbox import boxes, folders
from ehbox_soap.ports.mailbox import Operation, Scene
from ehbox_soap.wire import types

PATH = "/ehBoxConsultation/v3"


def _get_messages_list(request: types.GetMessagesListRequest, scene: Scene) -> types.GetMessagesListResponse:
    return folders.get_messages_list(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _get_full_message(request: types.GetFullMessageRequest, scene: Scene) -> types.GetFullMessageResponse:
    return folders.get_full_message(request, scene.caller, scene.transaction, scene.now, scene.rules)


def _get_box_info(request: types.GetBoxInfoRequest, scene: Scene) -> types.GetBoxInfoResponse:
    return boxes.get_box_info(request, scene.caller, scene.transaction, scene.now, scene.rules)


BUILT = {
    # A list marks what it shows as received, a full message as read (ACK-1): both write.
    "getMessagesList": Operation(_get_messages_list, writes=True),
    "getFullMessage": Operation(_get_full_message, writes=True),
    "getBoxInfo": Operation(_get_box_info, writes=False),
}
