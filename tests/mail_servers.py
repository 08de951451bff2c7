"""Mail servers on this PC's loopback: a real one (aiosmtpd) that misbehaves where it is told to; its certificates."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import email
import ipaddress
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
USER, PASSWORD = "hall", "correct horse"


@dataclass(frozen=True)
class Received:
    """One message as it arrived: the envelope, and what is inside."""

    sender: str
    addresses: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        made = email.message_from_bytes(self.content, policy=SMTPUTF8)
        assert isinstance(made, EmailMessage)
        return made


@dataclass
class Behaviour:
    """What the server does otherwise than a good one, by address.

    `answers` and `data_answers`: what it says to the address, and to a message for it. It cuts the line when it hears
    the address (`cut_at`), within the message, or when it has it whole, each so many times; and is silent for ever
    there (`silent_…`), or until it is let go: when it heard the address (`holds_at`) or had the message
    (`holds_after_dot`). `reached` is set when it came so far.
    """

    answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    sender_answer: str = ""
    cut_in_data: Counter[str] = field(default_factory=Counter)
    cut_after_dot: Counter[str] = field(default_factory=Counter)
    cut_at: Counter[str] = field(default_factory=Counter)
    silent_at: set[str] = field(default_factory=set)
    silent_after_dot: set[str] = field(default_factory=set)
    holds_at: dict[str, threading.Event] = field(default_factory=dict)
    holds_after_dot: dict[str, threading.Event] = field(default_factory=dict)
    reached: threading.Event = field(default_factory=threading.Event)


class _Conversation(SMTP):
    """One connection; cuts itself in the middle of a message where it was told to."""

    def __init__(self, owner: MailHost, *, sign_in: bool, **more: Any) -> None:
        super().__init__(owner, hostname="mail.test", **more)
        self._auth_required = sign_in  # given to its maker it warns, for want of TLS
        # Of what comes from now on so many bytes are read, then the line is cut; -1: never.
        self.cut_within = -1

    def data_received(self, data: bytes) -> None:
        if self.cut_within >= 0:
            self.cut_within -= len(data)
            if self.cut_within < 0:
                assert self.transport is not None
                self.transport.abort()
                return
        super().data_received(data)


class MailHost:
    """A mail server in a thread of its own. `received` is what it took, in order; `connections` counts its callers."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        *,
        certificate: Certificate | None = None,
        tls_from_start: bool = False,
        sign_in: bool = False,
        most_bytes: int = 33_554_432,
        utf8: bool = False,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self.received: list[Received] = []
        self.connections = 0
        self.sign_ins: list[bytes] = []
        self._context = certificate.context() if certificate else None
        self._from_start = tls_from_start
        self._more: dict[str, Any] = {
            "data_size_limit": most_bytes,
            "enable_SMTPUTF8": utf8,
            "auth_require_tls": False,
            "sign_in": sign_in,
        }
        if sign_in:
            self._more["authenticator"] = self._authenticate
        else:
            self._more["auth_exclude_mechanism"] = ("LOGIN", "PLAIN")
        if certificate and not tls_from_start:
            self._more["tls_context"] = self._context
        self._loop = asyncio.new_event_loop()
        self.port = 0
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def __enter__(self) -> MailHost:
        return self

    def __exit__(self, *_what: object) -> None:
        for held in (*self.behaviour.holds_at.values(), *self.behaviour.holds_after_dot.values()):
            held.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def addresses(self) -> list[str]:
        """Who got mail, in order; who got it twice stands here twice."""
        return [one for got in self.received for one in got.addresses]

    def _run(self, ready: threading.Event) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            loop.create_server(
                self._converse, HOST, 0, ssl=self._context if self._from_start else None
            )
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    def _converse(self) -> _Conversation:
        self.connections += 1
        return _Conversation(self, loop=self._loop, **self._more)

    async def _hold(self, until: threading.Event) -> None:
        self.behaviour.reached.set()
        await self._loop.run_in_executor(None, until.wait, 30)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.sign_ins.append(data.login)
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False, auth_data=data.login)

    # --- what aiosmtpd asks ---------------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.behaviour.sender_answer:
            return self.behaviour.sender_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        b = self.behaviour
        if address in b.holds_at:
            await self._hold(b.holds_at[address])
        if address in b.silent_at:
            await asyncio.Event().wait()
        if b.cut_at[address]:
            b.cut_at[address] -= 1
            server.transport.abort()
            return "421 gone"
        if address in b.answers:
            return b.answers[address]
        if b.cut_in_data[address]:
            b.cut_in_data[address] -= 1
            server.cut_within = 1000
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        b = self.behaviour
        address = envelope.rcpt_tos[0]
        if address in b.data_answers:
            return b.data_answers[address]
        assert isinstance(envelope.content, bytes)
        user = session.auth_data.decode() if session.auth_data else ""
        self.received.append(
            Received(
                str(envelope.mail_from),
                tuple(envelope.rcpt_tos),
                envelope.content,
                session.ssl is not None or self._from_start,
                user,
            )
        )
        if b.cut_after_dot[address]:
            b.cut_after_dot[address] -= 1
            server.transport.abort()
        if address in b.holds_after_dot:
            await self._hold(b.holds_after_dot[address])
        if address in b.silent_after_dot:
            await asyncio.Event().wait()
        return "250 OK"


class RawServer:
    """Something that listens and is no good mail server: `talk` gets the line of each caller."""

    def __init__(self, talk: Callable[[socket.socket, threading.Event], object]) -> None:
        self._server = socket.create_server((HOST, 0))
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port = self._server.getsockname()[1]
        self._end = threading.Event()
        self._talk = talk
        self._threads: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_what: object) -> None:
        self._end.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in (self._thread, *self._threads):
            thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                line, _who = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._one, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _one(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            self._talk(line, self._end)


@dataclass(frozen=True)
class Certificate:
    """A server's certificate in two files, and `ca_file`, who vouches for it."""

    file: Path
    key_file: Path
    ca_file: Path

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.file, self.key_file)
        return made


def certificate(folder: Path, *, address: str = HOST, days: int = 30) -> Certificate:
    """A certificate for an address, valid until `days` from now (before now: expired), by a CA of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    now = dt.datetime.now(dt.UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _one in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])

    def signed(whose: x509.Name, public: Any, until: dt.datetime, *more: Any) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(whose)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=400))
            .not_valid_after(until)
        )
        for extension, critical in more:
            made = made.add_extension(extension, critical=critical)
        return made.sign(ca_key, hashes.SHA256())

    other_uses = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "encipher_only", "decipher_only",
    )  # fmt: skip
    uses = dict.fromkeys(other_uses, False)
    ca = signed(
        ca_name,
        ca_key.public_key(),
        now + dt.timedelta(days=400),
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (x509.KeyUsage(**uses, key_cert_sign=True, crl_sign=True), True),
        (x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), False),
    )
    own = signed(
        name,
        key.public_key(),
        now + dt.timedelta(days=days),
        (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False),
    )
    pem = serialization.Encoding.PEM
    made = Certificate(folder / "server.crt", folder / "server.key", folder / "ca.crt")
    made.ca_file.write_bytes(ca.public_bytes(pem))
    made.file.write_bytes(own.public_bytes(pem))
    made.key_file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made
