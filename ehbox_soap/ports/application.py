"""The Spyne shell: one Application and one WsgiApplication for each WSDL port.

Knows: Spyne's contexts, dispatch and events, and where each step of the way hangs in them. Must not know: what the
steps do (the dialect of the port does), SQL, gunicorn. The whole way is `Port.answer`: (headers, bytes) in,
(status, headers, bytes) out; the commit comes before the first byte of the answer, and a fault leaves no trace.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from spyne import AnyXml, Application, Service, rpc
from spyne.error import ResourceNotFoundError
from spyne.model.fault import Fault
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication
from spyne.service import ServiceMeta
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ehbox_soap.errors import SoapFault
from ehbox_soap.ports.call import Call, Encoded, House, HttpAnswer
from ehbox_soap.ports.faults import envelope_of
from ehbox_soap.wire import mime, soap, xml

XML_TYPE = "text/xml; charset=utf-8"


class Dialect(Protocol):
    """What differs between the ports. Each step raises SoapFault; `perform` runs inside the call's transaction."""

    @property
    def namespace(self) -> str: ...
    @property
    def operations(self) -> Mapping[str, tuple[str, str]]:
        """Operation name to the qualified names of its request and answer elements."""

    def check_action(self, call: Call) -> None: ...
    def decode(self, call: Call) -> object: ...
    def perform(self, call: Call, request: object) -> object: ...
    def encode(self, call: Call, answer: object) -> Encoded: ...


class WireFault(Fault):  # type: ignore[misc]  # Spyne is untyped
    """A SoapFault in the one form that Spyne catches."""

    def __init__(self, cause: SoapFault) -> None:
        super().__init__(cause.row.side, cause.code)
        self.cause = cause


@contextmanager
def edge(call: Call) -> Iterator[None]:
    """The edge of the house: whatever a step raises leaves as one fault (Spyne lets the rest escape as a bare 500)."""
    try:
        yield
    except Fault:
        raise
    except SoapFault as fault:
        raise WireFault(fault) from fault
    except (DBAPIError, PoolTimeoutError) as error:
        call.unforeseen = type(error).__name__
        raise WireFault(SoapFault("SOA-02002", "storage")) from error
    except Exception as error:
        call.unforeseen = type(error).__name__
        raise WireFault(SoapFault("SOA-00001")) from error


class Wire(Soap11):  # type: ignore[misc]
    """Spyne's protocol with every step of ours: no model of Spyne's reads or writes a document."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self.dialect = dialect
        self._named = {request: _local(request) for request, _ in dialect.operations.values()}

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """bytes -> mime -> xml -> soap; the lazy in_string of Spyne is never read."""
        call: Call = ctx.udc
        with edge(call):
            message = mime.read(call.headers.get("content-type", ""), call.body)
            call.envelope = soap.open_envelope(xml.parse(message.root, charset=message.charset))
            # From here on there are the tree and the parts: 10 MB of octets need not wait for the answer.
            call.body = b""
            call.parts = message.parts

    def decompose_incoming_envelope(self, ctx: Any, message: object = None) -> None:
        """Dispatch is by the Body's element (stock Spyne would resolve hrefs here: never let it run)."""
        assert ctx.udc.envelope is not None
        tag = ctx.udc.envelope.content.tag
        # Spyne has one namespace for a port, and takes a name without one for its own; to us that is another element.
        ctx.method_request_string = self._named.get(tag, "{}" + tag)

    def deserialize(self, ctx: Any, message: object) -> None:
        """SOAPAction and headers, then who calls, then the XSD, then the typed request."""
        call: Call = ctx.udc
        call.operation = ctx.function.__name__
        with edge(call):
            assert call.envelope is not None
            self.dialect.check_action(call)
            soap.check_must_understand(call.envelope.header)
            ctx.in_object = self.dialect.decode(call)
            # And from here on there are typed values.
            call.envelope = None
            call.parts = {}

    def serialize(self, ctx: Any, message: object) -> None:
        """The answer's element in its envelope, or the fault."""
        call: Call = ctx.udc
        if ctx.out_error is not None:
            ctx.out_document = envelope_of(call, ctx.out_error)
            return
        with edge(call):
            encoded = self.dialect.encode(call, ctx.out_object[0])
            call.out_parts = encoded.parts
            ctx.out_document = soap.close_envelope(encoded.element)

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """The envelope's bytes, with its attachments where it has some."""
        call: Call = ctx.udc
        if ctx.out_error is not None or not call.out_parts:
            ctx.out_string = [ctx.out_document]
            ctx.transport.resp_headers["Content-Type"] = XML_TYPE
            return
        with edge(call):
            content_type, body = mime.write(ctx.out_document, call.out_parts, boundary_of(call.house))
            ctx.transport.resp_headers["Content-Type"] = content_type
            ctx.out_string = [body]

    def fault_to_http_response_code(self, fault: object) -> str:
        """SOAP 1.1 over HTTP: every fault is a 500."""
        return "500 Internal Server Error"


def boundary_of(house: House) -> str:
    """A fresh MIME boundary."""
    return "ehbox-" + house.chance.octets(16).hex()


class Port(WsgiApplication):  # type: ignore[misc]
    """One WSDL port. Returning commits, raising rolls back and becomes one fault."""

    def __init__(self, name: str, dialect: Dialect, house: House) -> None:
        self.dialect = dialect
        self.house = house
        service = _service(name, dialect)
        wire = Wire(dialect)
        super().__init__(
            Application([service], dialect.namespace, name=name, in_protocol=wire, out_protocol=Wire(dialect))
        )
        self.event_manager.add_listener("wsgi_call", _carry_call)
        self.app.event_manager.add_listener("method_context_closed", _forget)

    def answer(self, call: Call) -> HttpAnswer:
        """The whole way for one POST; afterwards the Call tells what became of it."""
        said: list[Any] = []
        environ = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0", "ehbox.call": call}
        try:
            octets = b"".join(self.handle_rpc(environ, lambda *args: said.extend(args)))
        finally:
            call.release()
        status, out_headers = said[0], said[1]
        return HttpAnswer(int(status[:3]), tuple(out_headers), octets)

    def generate_contexts(self, ctx: Any, in_string_charset: str | None = None) -> Any:
        """Spyne's own; an element that is no operation of this port becomes our fault."""
        contexts = super().generate_contexts(ctx, in_string_charset)
        if isinstance(contexts[0].in_error, ResourceNotFoundError):
            fault = WireFault(SoapFault("SOA-03005", "element of the Body"))
            contexts[0].in_error = contexts[0].out_error = fault
        return contexts

    def get_out_string(self, ctx: Any) -> None:
        """The answer's bytes are ready before the commit, and the commit is done before the first of them leaves.

        What fails here becomes a fault here: Spyne would put the exception's text into one of its own.
        """
        try:
            super().get_out_string_pull(ctx)
            if ctx.out_error is None:
                with edge(ctx.udc):
                    ctx.udc.commit()
        except Fault as fault:
            ctx.out_error = fault
            self.handle_late_error(ctx)

    def handle_late_error(self, ctx: Any) -> None:
        """Spyne has said 200 by now: nothing of the answer may stay, and the status must be a fault's."""
        _undo(ctx)
        super().get_out_string_pull(ctx)
        ctx.transport.resp_code = ctx.out_protocol.fault_to_http_response_code(ctx.out_error)

    def handle_error(self, p_ctx: Any, others: Any, error: Any, start_response: Callable[..., object]) -> Any:
        """Undoes the call, then lets Spyne tell the fault."""
        _undo(p_ctx)
        return super().handle_error(p_ctx, others, error, start_response)


def _local(name: str) -> str:
    """'{namespace}local' without its namespace; no two requests of a port differ by that alone."""
    return name.rpartition("}")[2]


def _undo(ctx: Any) -> None:
    """Rolls back and takes away whatever of an answer stands in the context."""
    ctx.udc.rollback()
    ctx.udc.out_parts = ()
    ctx.out_string = ctx.out_document = None
    ctx.transport.resp_code = None


def _carry_call(ctx: Any) -> None:
    """Puts the call of this request where every step finds it."""
    ctx.udc = ctx.transport.req_env["ehbox.call"]


def _forget(ctx: Any) -> None:
    """Contexts are cyclic: without this a 10 MB tree would wait for the collector."""
    ctx.in_document = ctx.in_body_doc = ctx.in_header_doc = ctx.in_string = ctx.in_object = None
    ctx.out_document = ctx.out_object = ctx.out_string = None
    ctx.transport.req_env.clear()
    ctx.udc = None


def _service(name: str, dialect: Dialect) -> Any:
    """A Spyne service whose bare methods take and give what the dialect decodes and encodes."""
    members = {}
    for operation, (request, answer) in dialect.operations.items():

        def perform(ctx: Any, typed: object) -> object:
            with edge(ctx.udc):
                return dialect.perform(ctx.udc, typed)

        perform.__name__ = operation
        members[operation] = rpc(
            AnyXml,
            _returns=AnyXml,
            _body_style="bare",
            _in_message_name=_local(request),
            _out_message_name=_local(answer),
        )(perform)
    return ServiceMeta(name, (Service,), members)
