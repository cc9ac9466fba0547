"""A department's files, each under the SHA-256 of its bytes.

1. The name of a file is its digest: the same bytes are kept once, and no file is ever changed.
2. A file is whole or absent: it is written beside its place, flushed to the disk, and renamed.
3. Every read computes the digest again. A file that was changed, cut or exchanged is never
   handed out (FileDamaged); keeping the right bytes again mends it.
4. What a process left behind when it was killed is removed by `sweep`: parts of files, and
   files that were placed but entered under no organ.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.document.files import FileDamaged, FileNotKept, FileTooLarge

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: digest, length in bytes, and the first bytes, by which a kind is known."""

    sha256: str
    length: int
    head: bytes


class FileStore:
    """The files of one department, in a folder of its own: `<2 digits>/<2 digits>/<digest>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, chunks: Iterable[bytes], *, bytes_max: int | None = None) -> Kept:
        """Keeps bytes as they come and gives their digest; memory holds one chunk.

        Raises FileTooLarge over `bytes_max`; nothing is kept then.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f"part-{os.getpid()}-{secrets.token_hex(8)}"
        digest, length, head = hashlib.sha256(), 0, b""
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for chunk in chunks:
                    length += len(chunk)
                    if bytes_max is not None and length > bytes_max:
                        raise FileTooLarge(bytes_max=bytes_max)
                    digest.update(chunk)
                    head = head or chunk[:64]
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            self._place(part, digest.hexdigest())
        finally:
            part.unlink(missing_ok=True)
        return Kept(digest.hexdigest(), length, head)

    def read(self, sha256: str) -> bytes:
        """The bytes of a file. Raises FileNotKept, FileDamaged."""
        return b"".join(self.chunks(sha256))

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a file in parts, once the whole has been found unchanged.

        Raises FileNotKept, FileDamaged before the first part.
        """
        self.verify(sha256)
        return self._parts(sha256)

    def verify(self, sha256: str) -> int:
        """The length of a file whose bytes are what their digest says.

        Raises FileNotKept, FileDamaged.
        """
        digest, length = hashlib.sha256(), 0
        for part in self._parts(sha256):
            digest.update(part)
            length += len(part)
        if digest.hexdigest() != sha256:
            raise FileDamaged(file=sha256)
        return length

    def all(self) -> Iterator[str]:
        """The digests of all files that lie here, in order."""
        for path in sorted(self.folder.glob("??/??/*")):
            yield path.name

    def leftovers(self) -> list[str]:
        """The parts of files that lie here: of uploads under way, or that were cut off."""
        return sorted(path.name for path in self.folder.glob("part-*"))

    def sweep(self, entered: Collection[str], *, age_s: float) -> int:
        """Removes parts, and files that are not `entered`, once older than `age_s`; how many.

        A file that is being kept again while this runs stays: keeping makes it young, and it
        is looked at once it lies out of the way.
        """
        before, removed = time.time() - age_s, 0
        for path in (*self.folder.glob("part-*"), *self.folder.glob("??/??/*")):
            if path.name in entered or not _older(path, before):
                continue
            aside = self.folder / f"part-{os.getpid()}-{secrets.token_hex(8)}"
            with contextlib.suppress(FileNotFoundError):
                os.rename(path, aside)
                if _older(aside, before):
                    aside.unlink()
                    removed += 1
                else:
                    os.replace(aside, path)
        return removed

    def _parts(self, sha256: str) -> Iterator[bytes]:
        try:
            file = open(self.path(sha256), "rb")  # noqa: SIM115 -- closed by the reading loop
        except FileNotFoundError:
            raise FileNotKept(file=sha256) from None

        def reading() -> Iterator[bytes]:
            with file:
                while part := file.read(CHUNK_BYTES):
                    yield part

        return reading()

    def path(self, sha256: str) -> Path:
        """Where a file lies, or would lie."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _place(self, part: Path, sha256: str) -> None:
        path = self.path(sha256)
        with contextlib.suppress(FileNotKept, FileDamaged, FileNotFoundError):
            self.verify(sha256)
            os.utime(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(part, path)
        for folder in (path.parent, path.parent.parent, self.folder):
            _flush(folder)


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _flush(folder: Path) -> None:
    """A renamed file is on the disk only once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
