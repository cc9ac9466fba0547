"""A wire between processes and a broker that can be cut: what is sent then meets silence."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ops import services
from ops.services.processes import free_ports

PART = 65_536


class Wire:
    """Carries connections from `port` to another port of this machine, in a thread of its own."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._loop = asyncio.new_event_loop()
        self._open: asyncio.Event | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()
        self._ready.wait()

    def cut(self) -> None:
        """Nothing passes from now on; connections stay open, and new ones meet silence."""
        assert self._open is not None
        self._loop.call_soon_threadsafe(self._open.clear)

    def mend(self) -> None:
        """Everything passes again; connections of before are gone."""
        self._loop.call_soon_threadsafe(self._mend)

    def close(self) -> None:
        """Ends the wire."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _mend(self) -> None:
        assert self._open is not None
        for writer in self._writers:
            writer.transport.abort()
        self._open.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._open = asyncio.Event()
        self._open.set()
        self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._open is not None
        self._writers.add(writer)
        await self._open.wait()
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(far_writer)
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._open is not None
        with contextlib.suppress(OSError):
            while part := await reader.read(PART):
                await self._open.wait()
                writer.write(part)
                await writer.drain()
        writer.transport.abort()


@contextmanager
def wired(kafka: services.KafkaService) -> Iterator[Wire]:
    """A wire to a broker, which tells those who come by it to stay on it.

    The broker is started again with a second listener behind the wire.
    """
    behind, port = free_ports(2)
    kafka.kill()
    file = kafka.folder / "server.properties"
    told = file.read_text()
    for setting, more in (
        ("listeners", f"WIRE://127.0.0.1:{behind}"),
        ("advertised.listeners", f"WIRE://127.0.0.1:{port}"),
        ("listener.security.protocol.map", "WIRE:PLAINTEXT"),
    ):
        told = re.sub(rf"^({re.escape(setting)}=.*)$", rf"\1,{more}", told, flags=re.MULTILINE)
    file.write_text(told)
    kafka.restart()
    wire = Wire(port, behind)
    try:
        yield wire
    finally:
        wire.close()
