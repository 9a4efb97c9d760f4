"""`python -m ehbox_soap.demo [--once]`: starts a server, does the main job on it, stays up.

Knows: the steps, the people of the seed, what to tell at the end. Must not know: SOAP.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from ehbox_soap import config
from ehbox_soap.commands.keystores import PASSWORD, authority, find_owner, issue
from ehbox_soap.config import Settings
from ehbox_soap.demo.job import Job
from ehbox_soap.demo.operator import time_of
from ehbox_soap.demo.server import Running, StartError, running
from ehbox_soap.demo.steps import Person, StepError
from ehbox_soap.wire.types import BoxId

DOCTOR = BoxId("71031499894", "INSS", "DOCTOR")
NURSE = BoxId("85061999865", "INSS", "NURSE")
HOSPITAL = BoxId("71990133", "NIHII", "HOSPITAL", "HOSPITAL")

HERE = "Point a client here."
GONE = "This server ends now. At one that stays up (without --once) a client is pointed like this."


@click.command()
@click.option("--once", is_flag=True, help="end by itself: exit code 0 if every step worked, else 1")
def main(once: bool) -> None:
    """Starts a server with throw-away data and does the main job on it over real SOAP."""
    # Ended from outside, the server must not stay behind; a shell that runs this in the background turns SIGINT off.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    click.echo("starting a server with a test PKI and a register of made-up people")
    try:
        with running() as server:
            _work(server)
            _tell_end(server, GONE if once else HERE)
            if not once:
                click.echo("The server stays up; Ctrl-C ends it and removes its data.")
                server.process.wait()
                click.echo("the server has ended by itself", err=True)
                sys.exit(1)
    except KeyboardInterrupt:
        click.echo("ended")
        sys.exit(1 if once else 0)
    except StartError as error:
        click.echo(f"the server did not start:\n{error}", err=True)
        sys.exit(1)
    except StepError:
        sys.exit(1)


def _work(server: Running) -> None:
    settings = config.load(None, {"data.folder": str(server.folder)})
    click.echo(f"ready on {server.addresses.base}\n")
    doctor, nurse, hospital = (_person(settings, box) for box in (DOCTOR, NURSE, HOSPITAL))
    Job(server.addresses, PASSWORD, click.echo, time_of(server)).run(doctor, (nurse, hospital))
    click.echo("\nevery step worked")


def _person(settings: Settings, box: BoxId) -> Person:
    owner = find_owner(settings, box.id)
    assert owner is not None, "the shipped seed has lost somebody"
    return Person(f"{owner.name} ({box.quality.lower()})", box, issue(settings, owner, PASSWORD))


def _tell_end(server: Running, beginning: str) -> None:
    addresses = server.addresses
    settings = config.load(None, {"data.folder": str(server.folder)})
    keystores: Path = config.pki_folder(settings) / "keystores"
    issuing = authority(settings).issuing.certificate.subject.rfc4514_string()
    click.echo(f"""
{beginning} For the platform's Java connector, in its properties file:

endpoint.sts={addresses.sts}
endpoint.etk={addresses.etk_depot}
endpoint.kgss={addresses.kgss}
endpoint.addressbook={addresses.address_book}
endpoint.ehbox.publication.v3={addresses.publication}
endpoint.ehbox.consultation.v3={addresses.consultation}

WSDLs      {addresses.publication}?wsdl
           {addresses.consultation}?wsdl
keystores  {keystores}/NUMBER.p12  (alias authentication, password {PASSWORD})
           {DOCTOR.id} doctor, {NURSE.id} nurse, {HOSPITAL.id} hospital
test CA    {config.pki_folder(settings)}/root.pem, issuing.pem  ({issuing})

With the command of this package:

export EHBOX_URL={addresses.base} EHBOX_DATA__FOLDER={server.folder}
{Path(sys.executable).with_name("ehbox")} list --as {NURSE.id}
""")


if __name__ == "__main__":
    main()
