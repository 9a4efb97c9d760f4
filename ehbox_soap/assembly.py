"""Puts the house together from the settings: the store, who is trusted, the contract, the STS's key.

Knows: every room's constructor. Must not know: HTTP, requests. `prepare` runs once, before any worker; `build` runs
in each worker, because database connections and locks do not survive a fork.
"""

from __future__ import annotations

from datetime import timedelta

from ehbox_soap import config, kgss_identity, log, resources, trusting
from ehbox_soap.clock import Clock, SystemClock
from ehbox_soap.config import Settings
from ehbox_soap.etk.intake import fingerprint
from ehbox_soap.ids import Chance, SystemChance
from ehbox_soap.kgss.service import Kgss
from ehbox_soap.kgss.vault import Vault
from ehbox_soap.mail.folder import FolderMailer
from ehbox_soap.mail.mail import Mailer
from ehbox_soap.mail.smtp import SmtpMailer, SmtpServer
from ehbox_soap.mailbox.boxes import MailboxRules
from ehbox_soap.mailbox.usage import Meter
from ehbox_soap.pace import Pace
from ehbox_soap.pki.authority import Authority
from ehbox_soap.ports.call import House
from ehbox_soap.pseudonym import Pseudonyms
from ehbox_soap.register.loading import loading_by_turns
from ehbox_soap.register.seed import read_seed
from ehbox_soap.sealing.token import read_token
from ehbox_soap.security import policy
from ehbox_soap.security.trust import Trust
from ehbox_soap.security.wss import Verifier
from ehbox_soap.store.engine import Store
from ehbox_soap.store.tokens import StoredToken
from ehbox_soap.store.transaction import Transaction
from ehbox_soap.sts.decision import StsRules
from ehbox_soap.sts.signer import Signer
from ehbox_soap.wire.contract import Contract
from ehbox_soap.worker import Plan, Worker


def authority(settings: Settings, clock: Clock | None = None, chance: Chance | None = None) -> Authority:
    """The test authority in the data folder, made first if there is none."""
    return Authority.create(config.pki_folder(settings), clock or SystemClock(), chance or SystemChance())


def prepare(settings: Settings, clock: Clock | None = None, chance: Chance | None = None) -> None:
    """Folder, test authority, migrated store, seeds; idempotent, and safe where several servers start at once.

    Raises what the rooms raise: SeedError for a seed that is wrong, AuthorityError, the database's errors; OSError or
    ValueError for a certificate of the settings, which no worker should be the first to find.
    """
    config.make_data_folder(settings)
    test_authority = authority(settings, clock, chance)
    trusting.check(settings, test_authority, clock or SystemClock())
    kgss = kgss_identity.identity(settings, test_authority, (clock or SystemClock()).now())
    Pseudonyms.of_folder(config.data_folder(settings), chance or SystemChance())
    Vault.of_folder(config.data_folder(settings), chance or SystemChance())
    # Told, not refused: volumes of some machines give every file to a group, at each start anew.
    for path in trusting.exposed(settings):
        log.logger().warning("others can read what is private", file=str(path))
    store = Store.open(config.database_url(settings))
    try:
        store.migrate()
        files = [resources.path("conf", "seed.toml")] if settings.people.builtin_seed else []
        seeds = [read_seed(path) for path in (*files, *settings.people.seeds)]
        # It may be refused, and nothing has been written by then.
        with store.begin() as transaction:
            _deposit(settings, kgss.token, transaction)
        for _ in loading_by_turns(seeds, store):
            pass
    finally:
        store.close()


def _deposit(settings: Settings, token: StoredToken, transaction: Transaction) -> None:
    """The KGSS's own token, by which requests to it are sealed, is in the depot like anybody's.

    Raises ValueError if the depot gives out another one than the settings name, which would be sealed for in vain.
    """
    transaction.tokens.add(token)
    own = settings.kgss
    if own.token:
        transaction.tokens.renew(token)
    if own.keystore or own.token:
        given = transaction.tokens.current(token.name, token.added_at)
        if not given or fingerprint(read_token(given[0])) != token.fingerprint:
            path = own.token or own.keystore
            raise ValueError(f"{path}: the depot gives out another token of the KGSS; see `ehbox etk list`")


def build(
    settings: Settings,
    clock: Clock | None = None,
    mailbox_clock: Clock | None = None,
    chance: Chance | None = None,
) -> House:
    """The house of one worker process. Tests hand in their own clocks and chance."""
    clock = clock or SystemClock()
    chance = chance or SystemChance()
    log.set_up(settings.log)
    test_authority = authority(settings, clock, chance)
    sts = test_authority.sts
    trust = trusting.trust(settings, test_authority)
    profile = policy.profile(
        settings.security.profile,
        skew_seconds=settings.security.skew_seconds,
        timestamp_seconds=settings.security.timestamp_seconds,
        issuer=settings.sts.issuer,
    )
    signer = Signer(sts.key, sts.certificate) if settings.sts.enabled else None
    return House(
        settings=settings,
        contract=Contract.load("ehealthbox"),
        verifier=Verifier(profile, trust, clock),
        store=Store.open(config.database_url(settings)),
        rules=MailboxRules.from_settings(settings.mailbox),
        signer=signer,
        sts_rules=StsRules(profile, trust, settings.sts.issuer, timedelta(seconds=settings.sts.max_validity_seconds)),
        pseudonyms=Pseudonyms.of_folder(config.data_folder(settings), chance),
        trust=trust,
        certified_until=trusting.certified_until(settings, test_authority),
        clock=clock,
        mailbox_clock=mailbox_clock or clock,
        chance=chance,
        meter=Meter(settings.usage.mode),
        kgss=_kgss(settings, test_authority, trust, chance),
        pace=Pace(settings.usage.calls_per_minute, clock),
    )


def _kgss(settings: Settings, test_authority: Authority, trust: Trust, chance: Chance) -> Kgss:
    keystore = kgss_identity.keystore(settings, test_authority)
    vault = Vault.of_folder(config.data_folder(settings), chance)
    life, skew = settings.security.timestamp_seconds, settings.security.skew_seconds
    return Kgss(
        keystore.authentication,
        keystore.encryptions,
        trust,
        vault,
        chance,
        life=timedelta(seconds=life),
        skew=timedelta(seconds=skew),
    )


def worker(settings: Settings, clock: Clock | None = None, chance: Chance | None = None) -> Worker:
    """The worker of a process, with a store of its own."""
    log.set_up(settings.log)
    upkeep, mail = settings.upkeep, settings.mail
    plan = Plan(
        attempts=mail.attempts,
        mail_batch=mail.batch,
        lease_seconds=60 + mail.batch * mail.timeout_seconds,
        upkeep_every=timedelta(minutes=upkeep.every_minutes) if upkeep.every_minutes else None,
        upkeep_batch=upkeep.batch,
        sent_cleanup=upkeep.sent_cleanup,
        shift_allowed=settings.mailbox.clock_shift_allowed,
    )
    return Worker(
        Store.open(config.database_url(settings)),
        MailboxRules.from_settings(settings.mailbox),
        mailer(settings),
        plan,
        clock or SystemClock(),
        chance or SystemChance(),
    )


def mailer(settings: Settings) -> Mailer:
    """How mails are sent: by SMTP, or into a folder where no server is named."""
    mail = settings.mail
    if not mail.host:
        return FolderMailer(config.data_folder(settings) / "mail", mail.sender)
    return SmtpMailer(
        SmtpServer(
            host=mail.host,
            port=mail.port,
            sender=mail.sender,
            tls=mail.tls,
            authorities=mail.authorities,
            username=mail.username,
            password=mail.password,
            seconds=mail.timeout_seconds,
        )
    )
