"""The kinds of file that are kept, and the first bytes by which each is known.

Nothing that a browser would run is among them. A file is always handed out as a download.
"""

from __future__ import annotations

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

KINDS: dict[str, tuple[tuple[int, bytes], ...]] = {
    PDF: ((0, b"%PDF-"),),
    DOCX: ((0, b"PK\x03\x04"),),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ((0, b"PK\x03\x04"),),
    "application/zip": ((0, b"PK\x03\x04"),),
    "application/json": (),
    "text/plain": (),
    "text/csv": (),
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/gif": ((0, b"GIF8"),),
    "image/webp": ((0, b"RIFF"),),
    "image/tiff": ((0, b"II*\x00"), (0, b"MM\x00*")),
    "audio/mpeg": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "audio/wav": ((0, b"RIFF"),),
    "audio/mp4": ((4, b"ftyp"),),
    "audio/amr": ((0, b"#!AMR"),),
    "video/mp4": ((4, b"ftyp"),),
    "video/quicktime": ((4, b"ftyp"),),
    "video/webm": ((0, b"\x1a\x45\xdf\xa3"),),
}
"""Media type to (place, bytes) of which one must be found; none where text has no mark."""

SUFFIXES = {
    PDF: "pdf",
    DOCX: "docx",
    "application/json": "json",
    "text/plain": "txt",
    "text/csv": "csv",
    "image/jpeg": "jpg",
    "image/png": "png",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "video/mp4": "mp4",
}


def fits(head: bytes, media_type: str) -> bool:
    """Whether the first bytes of a file may be of a kind."""
    marks = KINDS[media_type]
    if not marks:
        return b"\0" not in head
    return any(head[place : place + len(mark)] == mark for place, mark in marks)


def suffix_of(media_type: str) -> str:
    """The ending of a downloaded file's name."""
    return SUFFIXES.get(media_type, media_type.rpartition("/")[2][:8])
