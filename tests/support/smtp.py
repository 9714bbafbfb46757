"""A real SMTP server on a free loopback port that keeps what it is given."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass  # no slots: aiosmtpd looks through the handler's attributes
class Sink:
    """What has arrived, and how the server answers: set `refuse_with` to let it refuse every message."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuse_with: str | None = None

    @property
    def address(self) -> str:
        """`host:port`, in the form `SAKIMORI_SMTP` takes."""
        return f"127.0.0.1:{self.port}"

    def wait_for(self, count: int, patience: float = 10.0) -> list[EmailMessage]:
        """Return the messages once at least `count` have arrived; fail after `patience` seconds."""
        deadline = time.monotonic() + patience
        while len(self.messages) < count:
            assert time.monotonic() < deadline, f"{len(self.messages)} of {count} messages arrived"
            time.sleep(0.02)
        return list(self.messages)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd
        """Take one message, or refuse it."""
        if self.refuse_with:
            return self.refuse_with
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        self.messages.append(message_from_bytes(raw, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    """A running SMTP server; ended after the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink = Sink(port=probe.getsockname()[1])
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    yield sink
    controller.stop()
