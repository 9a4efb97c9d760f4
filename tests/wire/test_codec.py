"""Values to octets and back, for all twelve operations in both directions, valid against the contract on the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehbox_soap.ids import SeededChance
from ehbox_soap.wire import codec, mime, soap, xml
from ehbox_soap.wire.contract import Contract, Port
from tests.wire.checks import CANARY, FEW, refused
from tests.wire.values import ANSWERS, REQUESTS

CONTRACT = Contract.load("ehealthbox")


def port_of(tag: str) -> Port:
    return CONTRACT.ports[tag[1:].partition("}")[0]]


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@FEW
def test_a_request_comes_back(kind: type, data: st.DataObject) -> None:
    request: Any = data.draw(REQUESTS[kind])
    element, parts = codec.encode_request(request, SeededChance())
    content_type, body = mime.write(soap.close_envelope(element), parts, "b")
    message = mime.read(content_type, body)
    content = soap.open_envelope(xml.parse(message.root, charset=message.charset)).content
    port = port_of(str(content.tag))
    assert port.operation(content).request == content.tag
    port.validate_request(content)
    assert codec.decode_request(content, message.parts) == request


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@FEW
def test_an_answer_comes_back(kind: type, data: st.DataObject) -> None:
    answer: Any = data.draw(ANSWERS[kind])
    element, parts = codec.encode_answer(answer, SeededChance())
    content_type, body = mime.write(soap.close_envelope(element), parts, "b")
    message = mime.read(content_type, body)
    content = soap.open_envelope(xml.parse(message.root, charset=message.charset)).content
    port_of(str(content.tag)).validate_answer(content)
    found = codec.decode_answer(content, message.parts)
    assert (type(found), found) == (kind, answer)


def test_every_operation_of_the_wsdl_has_its_two_types() -> None:
    """The operations come from the WSDL, the types from the table: neither has more than the other."""
    operations = [operation for port in CONTRACT.ports.values() for operation in port.operations.values()]
    assert len(operations) == 12
    assert {operation.request.partition("}")[2] for operation in operations} == {kind.__name__ for kind in REQUESTS}
    assert {operation.answer.partition("}")[2] for operation in operations} == {kind.__name__ for kind in ANSWERS}
    assert {operation.request for operation in operations} == codec.MAILBOX.requests.keys()
    assert {operation.answer for operation in operations} == codec.MAILBOX.answers.keys()


@pytest.mark.parametrize("name", [CANARY, "SendMessageResponse"])
def test_an_element_that_is_no_request(name: str) -> None:
    with refused("SOA-03005", "unknown"):
        codec.decode_request(xml.parse(f'<p:{name} xmlns:p="urn:x"/>'.encode()), {})
