"""Sending by SMTP: which failures are final, what becomes of the rest of a batch (PUB-13, MAIL-1)."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ehbox_soap.mail.mail import Mail
from ehbox_soap.mail.smtp import SmtpMailer, SmtpServer
from ehbox_soap.mail.texts import text
from tests.mail.certificate import self_signed
from tests.mail.server import PASSWORD, Postbox, free_port, serving

NOW = datetime(2036, 1, 15, 9, 0, tzinfo=UTC)
SECONDS = 0.3


def server(postbox: Postbox | int) -> SmtpServer:
    port = postbox if isinstance(postbox, int) else postbox.port
    return SmtpServer("127.0.0.1", port, "ehealthbox@box.test", seconds=SECONDS)


def mail(recipient: str, number: int = 1) -> Mail:
    return Mail(f"{number:032x}", recipient, text("NEW", "fr"))


def sent(where: SmtpServer, *recipients: str) -> list[tuple[str, str]]:
    """How each ended, and why."""
    mails = [mail(recipient, number) for number, recipient in enumerate(recipients, 1)]
    return [(each.ending, each.why) for each in SmtpMailer(where).deliver(mails, NOW)]


def test_a_batch_goes_over_one_connection() -> None:
    with serving() as postbox:
        assert sent(server(postbox), "a@example.org", "b@example.org") == [("sent", ""), ("sent", "")]
    assert postbox.recipients() == ["a@example.org", "b@example.org"]
    assert postbox.connections == 1


def test_what_a_reader_gets() -> None:
    with serving() as postbox:
        sent(server(postbox), "a@example.org")
    (got,) = postbox.mails()
    assert (got["To"], got["From"]) == ("a@example.org", "ehealthbox@box.test")
    assert got["Subject"] == "eHealthBox : un nouveau message"
    assert got["Message-ID"] == f"<{1:032x}@box.test>"
    assert got["Date"].datetime == NOW
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content().splitlines() == ["Un nouveau message vous attend dans votre eHealthBox."]


@pytest.mark.parametrize(
    ("recipient", "ending", "why"),
    [
        ("unknown@example.org", "refused", "550"),
        ("unwanted@example.org", "refused", "554"),
        ("busy@example.org", "later", "450"),
        ("grey@example.org", "later", "451"),
        ("no address", "refused", "AddressError"),
        ("a@example.org\r\nBcc: b@example.org", "refused", "AddressError"),
        ("a@example.org, b@example.org", "refused", "AddressError"),
        ("", "refused", "AddressError"),
        ("é@example.org", "refused", "AddressError"),
    ],
)
def test_a_bad_recipient_holds_nobody_up(recipient: str, ending: str, why: str) -> None:
    with serving() as postbox:
        found = sent(server(postbox), "a@example.org", recipient, "b@example.org")
    assert found == [("sent", ""), (ending, why), ("sent", "")]
    assert postbox.recipients() == ["a@example.org", "b@example.org"]


@pytest.mark.parametrize("recipient", ["hangs@example.org", "dies@example.org", "closing@example.org"])
def test_once_the_connection_fails_the_rest_is_untried(recipient: str) -> None:
    with serving() as postbox:
        first, second, third = sent(server(postbox), "a@example.org", recipient, "b@example.org")
    assert (first, second[0], third) == (("sent", ""), "later", ("untried", ""))
    assert postbox.recipients() == ["a@example.org"]


def test_a_server_that_dies_after_it_took_the_mail_may_get_it_again() -> None:
    """At least once: both mails have the same Message-ID, so that a reader's server can tell."""
    with serving() as postbox:
        for _ in range(2):
            assert sent(server(postbox), "takes-and-dies@example.org")[0][0] == "later"
    assert len({got["Message-ID"] for got in postbox.mails()}) == 1
    assert len(postbox.taken) == 2


def test_no_server_at_all() -> None:
    found = sent(server(free_port()), "a@example.org", "b@example.org")
    assert found == [("later", "ConnectionRefusedError")] * 2


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_a_login() -> None:
    with serving(login=True) as postbox:
        where = replace(server(postbox), username="box", password=PASSWORD)
        assert sent(where, "a@example.org") == [("sent", "")]
        assert sent(replace(where, password="another"), "a@example.org") == [("later", "535")]
        # Without a login the server refuses the sender: that is not the recipient's doing.
        assert sent(server(postbox), "a@example.org") == [("later", "530")]
    assert set(postbox.logins) == {"box"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of 127.0.0.1 in one file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    key, made = self_signed()
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


def test_starttls_with_an_authority_that_is_trusted(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(tls=context) as postbox:
        where = replace(server(postbox), tls="starttls", seconds=5)
        assert sent(replace(where, authorities=(certificate,)), "a@example.org") == [("sent", "")]
        assert sent(where, "a@example.org") == [("later", "SSLCertVerificationError")]
    assert postbox.encrypted == [True]


def test_starttls_is_not_given_up_where_the_server_has_none() -> None:
    with serving() as postbox:
        assert sent(replace(server(postbox), tls="starttls"), "a@example.org") == [("later", "SMTPNotSupportedError")]
    assert postbox.taken == []
