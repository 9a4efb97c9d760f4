"""The consultation service, as a client calls it.

Knows: its operations. Must not know: how a call is signed or sent. Every operation raises StatusError for any code but
100, FaultError for a fault. Those that only read are made again if their answer is lost; those that change something
are not: AnswerLostError tells that it is not known whether they were done.
"""

from __future__ import annotations

from typing import cast

from ehbox_soap.client.port import Port
from ehbox_soap.wire import types


class Consultation(Port):
    """ehBoxConsultation v3."""

    wsdl_name = "ehBoxConsultation.wsdl"

    def get_messages_list(self, request: types.GetMessagesListRequest) -> types.GetMessagesListResponse:
        """A page of one folder, most recent first (LIST-1, LIST-2)."""
        return cast(types.GetMessagesListResponse, self._read("getMessagesList", request))

    def get_all_ehboxes_messages_list(
        self, request: types.GetAllEhboxesMessagesListRequest
    ) -> types.GetAllEhboxesMessagesListResponse:
        """A page over all boxes of the caller (LIST-3)."""
        return cast(types.GetAllEhboxesMessagesListResponse, self._read("getAllEhboxesMessagesList", request))

    def get_full_message(self, request: types.GetFullMessageRequest) -> types.GetFullMessageResponse:
        """A message with its contents (FULL-1)."""
        return cast(types.GetFullMessageResponse, self._read("getFullMessage", request))

    def get_message_history(self, request: types.GetHistoryRequest) -> types.GetHistoryResponse:
        """The ids of all versions of a message (HIST-1)."""
        return cast(types.GetHistoryResponse, self._read("getMessageHistory", request))

    def get_box_info(self, request: types.GetBoxInfoRequest) -> types.GetBoxInfoResponse:
        """A box and how full it is (INFO-1)."""
        return cast(types.GetBoxInfoResponse, self._read("getBoxInfo", request))

    def get_message_acknowledgments_status(
        self, request: types.GetMessageAcknowledgmentsStatusRequest
    ) -> types.GetMessageAcknowledgmentsStatusResponse:
        """When each recipient got and read a message (ACK-4)."""
        answer = self._read("getMessageAcknowledgmentsStatus", request)
        return cast(types.GetMessageAcknowledgmentsStatusResponse, answer)

    def move_message(self, request: types.MoveMessageRequest) -> types.MoveMessageResponse:
        """Moves messages to the bin or back (MOVE-1); StatusError 841 has those that stayed (MOVE-2)."""
        return cast(types.MoveMessageResponse, self._call("moveMessage", request))

    def delete_message(self, request: types.DeleteMessageRequest) -> types.DeleteMessageResponse:
        """Deletes messages for good (DEL-2); StatusError 841 has those that stayed (DEL-1)."""
        return cast(types.DeleteMessageResponse, self._call("deleteMessage", request))

    def insert_ooo(self, request: types.InsertOoORequest) -> types.InsertOoOResponse:
        """States a period of absence (OOO-1)."""
        return cast(types.InsertOoOResponse, self._call("insertOoO", request))

    def get_ooo_list(self, request: types.GetOoOListRequest) -> types.GetOoOListResponse:
        """All periods of absence (OOO-3)."""
        return cast(types.GetOoOListResponse, self._read("getOoOList", request))

    def delete_ooo(self, request: types.DeleteOoORequest) -> types.DeleteOoOResponse:
        """Deletes periods of absence; StatusError 848 has the unknown ones (OOO-3)."""
        return cast(types.DeleteOoOResponse, self._call("deleteOoO", request))

    def _read(self, operation: str, request: types.Request) -> types.Answer:
        return self._call(operation, request, repeatable=True)
