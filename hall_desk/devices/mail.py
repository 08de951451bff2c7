"""The way to a mail server (RFC 5321, 3207, 4954): one connection for many messages, each for one address alone.

What a failure means is decided by where it happens. Before the final dot of a message nothing was delivered. After it
the server may have taken the message although its answer never came: that is `unknown`, and a person decides.

    connecting, TLS, signing in, sender ── CannotMail: no address would fare better, so nothing more is tried
    address, message, its answer        ── an Outcome of this address; the next one is tried
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from hall_desk.errors import CannotMail
from hall_desk.services import mail_addresses
from hall_desk.services.mail_server import MailServer
from hall_desk.services.mailings import SENT, Outcome
from hall_desk.settings import Settings

# ssl's number for what OpenSSL calls a certificate that has expired, and those for a name that is not the server's.
_EXPIRED, _OTHER_NAME = 10, (62, 64)
_GOODBYE_S = 3.0


@dataclass(frozen=True)
class Patience:
    """How long a server may take, in seconds: to be reached, over a command, over a whole message it was given
    (many look for viruses first), and over everything that belongs to one address."""

    connect_s: float = 10.0
    command_s: float = 20.0
    answer_s: float = 60.0
    address_s: float = 120.0


@dataclass(frozen=True)
class Account:
    """A hall's mail server as this PC uses it. `ca_file` is who vouches for it; empty: whom this PC trusts anyway."""

    server: MailServer
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @classmethod
    def of_pc(cls, server: MailServer, settings: Settings) -> Account:
        """With what this PC keeps. A password that was typed for another server or user stays where it is."""
        known = settings.mail_password_of == server.account
        return cls(server, settings.mail_password if known else "", settings.mail_ca_file)

    def kept_in(self, settings: Settings) -> Settings:
        """This PC's settings with the password, as this account's, and the CA file."""
        return replace(
            settings,
            mail_password=self.password,
            mail_password_of=self.server.account if self.password else "",
            mail_ca_file=self.ca_file,
        )


@dataclass(frozen=True)
class Attachment:
    """`kind` is its media type, e.g. `application/pdf`."""

    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """What everybody gets: one subject and text (plain), with attachments. `at` stands in its head as the date."""

    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime


def message(letter: Letter, server: MailServer, key: UUID, address: str, name: str = "") -> bytes:
    """A letter to one address as it goes over the line.

    `key` makes its Message-ID: one that is sent again has the same, so that mail programs show it once.
    Raises BadInput `mail_address`, `mail_subject`.
    """
    mail_addresses.check_line("mail_subject", letter.subject)
    made = EmailMessage(policy=SMTPUTF8 if not _on_line(address).isascii() else SMTP)
    made["From"] = _address(server.sender, server.sender_name)
    made["To"] = _address(address, name)
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = f"<{key.hex}@{_on_line(server.sender).rpartition('@')[2]}>"
    made.set_content(letter.text, cte="base64")
    for attached in letter.attachments:
        kind, _slash, part = attached.kind.partition("/")
        made.add_attachment(attached.content, maintype=kind, subtype=part, filename=attached.name)
    return made.as_bytes()


def _address(address: str, name: str) -> Address:
    local, _at, domain = _on_line(address).rpartition("@")
    return Address(mail_addresses.check_line("mail_sender_name", name), local, domain)


def _on_line(address: str) -> str:
    """An address as servers take it: its domain in ASCII (IDNA). Raises BadInput `mail_address`."""
    local, _at, domain = mail_addresses.checked(address).rpartition("@")
    return f"{local}@{mail_addresses.in_ascii(domain)}"


class _Broken(Exception):
    """The connection is of no use any more: `stalled` or `dropped`."""


class Connection:
    """A connection to the mail server, opened when it is needed and again when it was lost. One thread uses it."""

    def __init__(self, account: Account, patience: Patience | None = None) -> None:
        self._account = account
        self._patience = patience or Patience()
        self._smtp: smtplib.SMTP | None = None
        self._used = False

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_nothing: object) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            # Everything was answered: whatever goes wrong with the goodbye is of no interest.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if smtp.sock is not None:
                    smtp.sock.settimeout(_GOODBYE_S)
                smtp.quit()
            smtp.close()

    def open(self) -> None:
        """Connects, encrypts and signs in, unless that was done. Raises CannotMail."""
        if self._smtp is None:
            self._smtp = self._opened()
            self._used = False

    def send(self, key: UUID, address: str, name: str, letter: Letter) -> Outcome:
        """Sends a letter to one address; what went wrong with this address alone is in the outcome.

        A connection that broke off before the message was whole is made anew once. Raises CannotMail, BadInput
        `mail_address`, `mail_subject`: nothing was delivered then.
        """
        data = message(letter, self._account.server, key, address, name)
        recipient = _on_line(address)
        while True:
            fresh = self._smtp is None or not self._used
            self.open()
            self._used = True
            try:
                return self._give(recipient, data)
            except _Broken as broken:
                self._drop()
                if fresh or str(broken) == "stalled":
                    return Outcome("refused", str(broken))

    # --- one message ------------------------------------------------------------------------------------------

    def _give(self, recipient: str, data: bytes) -> Outcome:
        assert self._smtp is not None
        with self._watched(self._smtp):
            return self._given(self._smtp, recipient, data)

    def _given(self, smtp: smtplib.SMTP, recipient: str, data: bytes) -> Outcome:
        if not recipient.isascii() and not smtp.has_extn("smtputf8"):
            return Outcome("refused", "local_part")
        self._from(smtp, data, recipient)
        with _broken():
            code, told = smtp.rcpt(recipient)
        if code == 530:
            self._drop()
            raise self._cannot("sign_in_needed")
        if code not in (250, 251):
            return self._refused(smtp, code, told, "address")
        with _broken():
            code, told = smtp.docmd("DATA")
        if code != 354:
            return self._refused(smtp, code, told, "message")
        assert smtp.sock is not None
        smtp.sock.settimeout(self._patience.answer_s)
        with _broken():
            # RFC 5321 §4.5.2: a line that begins with a dot gets one more, for a dot alone is the end.
            smtp.send(re.sub(rb"(?m)^\.", b"..", data))
            if _spoke(smtp.sock):
                raise _Broken(
                    "dropped"
                )  # before the end there is nothing to say but that it breaks off
            smtp.send(b".\r\n")
        try:
            with _broken():
                code, told = smtp.getreply()
                smtp.sock.settimeout(self._patience.command_s)
        except _Broken:
            self._drop()
            return Outcome("unknown", "no_answer")
        if code == 250:
            return SENT
        if not 400 <= code < 600:
            self._drop()
            return Outcome("unknown", "no_answer")
        return self._refused(smtp, code, told, "message")

    def _from(self, smtp: smtplib.SMTP, data: bytes, recipient: str) -> None:
        """Says who it is from, and how large it is. Raises CannotMail: nobody would get it."""
        options = []
        if smtp.has_extn("size"):
            most = smtp.esmtp_features["size"].strip()
            if most.isdecimal() and 0 < int(most) < len(data):
                raise self._cannot("too_large", limit=int(most), size=len(data))
            options.append(f"SIZE={len(data)}")
        if not recipient.isascii():
            options.append("SMTPUTF8")
        else:
            smtp.command_encoding = "ascii"
        with _broken():
            code, told = smtp.mail(_on_line(self._account.server.sender), options)
        if code == 250:
            return
        if code == 421:
            raise _Broken("dropped")
        reason = {552: "too_large", 530: "sign_in_needed", 452: "unavailable"}.get(code)
        if code == 530 and b"STARTTLS" in told.upper():
            reason = "encryption_needed"
        if reason is None:
            reason = "sender" if code >= 500 else "unavailable"
        self._drop()
        raise self._cannot(reason, limit=0, size=len(data))

    def _refused(self, smtp: smtplib.SMTP, code: int, told: bytes, what: str) -> Outcome:
        """The server's no to an address or a message, which leaves the connection ready for the next."""
        if code == 421:
            raise _Broken("dropped")
        if not 400 <= code < 600:
            raise _Broken("dropped")  # out of step: what the next answer belongs to nobody knows
        with contextlib.suppress(_Broken), _broken():
            if smtp.rset()[0] != 250:
                self._drop()
        if smtp.sock is None:
            self._drop()
        detail = re.match(rb"[45]\.(\d{1,3}\.\d{1,3})\b", told)
        meant = {b"2.2": "full", b"2.3": "too_large", b"3.4": "too_large"}
        known = meant.get(detail[1]) if detail else None
        if code == 552 and known is None:
            known = "too_large" if what == "message" else "full"
        if known is not None and code >= 500:
            return Outcome("refused", known)
        return Outcome("refused", "later" if code < 500 else what)

    @contextmanager
    def _watched(self, smtp: smtplib.SMTP) -> Iterator[None]:
        """Inside, the line is cut when all of it takes too long: a server that says a letter now and then would never
        be late with any of them."""
        line = smtp.sock
        assert line is not None
        late = threading.Event()

        def cut() -> None:
            late.set()
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(self._patience.address_s, cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        except _Broken as broken:
            raise _Broken("stalled" if late.is_set() else str(broken)) from None
        finally:
            watch.cancel()
            watch.join()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    # --- the connection -----------------------------------------------------------------------------------------

    def _opened(self) -> smtplib.SMTP:
        server = self._account.server
        if server.user and not self._account.password:
            raise self._cannot("no_password")
        context = None if server.security == "none" else self._trust()
        smtp = self._reached(context if server.security == "tls" else None)
        try:
            assert smtp.sock is not None
            # Not this PC's name, which may be a person's, or in Chinese; nobody needs it.
            smtp.local_hostname = _literal(smtp.sock)
            smtp.sock.settimeout(self._patience.command_s)
            with self._watched(smtp), _broken():
                self._greet(smtp)
                if server.security == "starttls":
                    self._encrypt(smtp, context)
                    self._greet(smtp)
                if server.user:
                    self._sign_in(smtp)
        except _Broken as broken:
            smtp.close()
            raise self._cannot("no_answer" if str(broken) == "stalled" else "cut") from None
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _trust(self) -> ssl.SSLContext:
        """What a server's certificate is held against: name, time, and who vouches for it."""
        try:
            return ssl.create_default_context(cafile=self._account.ca_file or None)
        except OSError:  # no such file, or nothing in it
            raise self._cannot("ca_file") from None

    def _reached(self, context: ssl.SSLContext | None) -> smtplib.SMTP:
        host, port = mail_addresses.in_ascii(self._account.server.host), self._account.server.port
        waits = self._patience.connect_s
        try:
            if context is None:
                return smtplib.SMTP(host, port, local_hostname="", timeout=waits)
            return smtplib.SMTP_SSL(host, port, local_hostname="", timeout=waits, context=context)
        except smtplib.SMTPConnectError as error:
            reason = "unavailable" if 400 <= error.smtp_code < 600 else "not_mail"
        except ssl.SSLError as error:
            reason = _tls_trouble(error)
        except (TimeoutError, smtplib.SMTPException) as error:
            reason = "no_answer" if _timed_out(error) else "not_mail"
        except socket.gaierror:
            reason = "name"
        except OSError:
            reason = "unreachable"
        raise self._cannot(reason)

    def _greet(self, smtp: smtplib.SMTP) -> None:
        if not 200 <= smtp.ehlo()[0] < 300 and not 200 <= smtp.helo()[0] < 300:
            raise self._cannot("unavailable")

    def _encrypt(self, smtp: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        if not smtp.has_extn("starttls"):
            raise self._cannot(
                "no_starttls"
            )  # never without: whoever sits on the line may have taken the offer away
        try:
            smtp.starttls(context=context)
        except ssl.SSLError as error:
            raise self._cannot(_tls_trouble(error)) from None
        except smtplib.SMTPResponseException:
            raise self._cannot("no_starttls") from None

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        user, password = self._account.server.user, self._account.password
        try:
            if (user + password).isascii():
                smtp.login(user, password)
                return
            # RFC 4616 has UTF-8; smtplib's own methods know ASCII only.
            if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
                raise self._cannot("no_sign_in")
            secret = b64encode(f"\0{user}\0{password}".encode()).decode()
            code = smtp.docmd("AUTH", f"PLAIN {secret}")[0]
        except smtplib.SMTPAuthenticationError as error:
            code = error.smtp_code
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException:
            raise self._cannot("no_sign_in") from None
        if code != 235:
            reason = {530: "encryption_needed", 538: "encryption_needed"}.get(code)
            raise self._cannot(reason or ("sign_in" if code >= 500 else "unavailable")) from None

    def _cannot(self, reason: str, **facts: Any) -> CannotMail:
        server = self._account.server
        return CannotMail(host=server.host, port=server.port, reason=reason, **facts)


@contextmanager
def _broken() -> Iterator[None]:
    """Turns whatever a lost or silent connection makes smtplib raise into one thing."""
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise _Broken("stalled" if _timed_out(error) else "dropped") from None


def _timed_out(error: BaseException) -> bool:
    # smtplib says "closed" for a silence as well, and raises it while it handles the timeout.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _tls_trouble(error: ssl.SSLError) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "not_mail"
    if error.verify_code in _OTHER_NAME:
        return "certificate_name"
    return "certificate_expired" if error.verify_code == _EXPIRED else "certificate"


def _literal(line: socket.socket) -> str:
    """This PC's own end of the line as RFC 5321 §4.1.3 writes it."""
    address = str(line.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _spoke(line: socket.socket | None) -> bool:
    """Whether the server has said something, or has gone. What it said is lost."""
    assert line is not None
    waits = line.gettimeout()
    line.setblocking(False)
    try:
        line.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        line.settimeout(waits)
    return True
