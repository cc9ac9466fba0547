"""Files over HTTP: uploaded by a post for its organ, downloaded by whoever may open them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile

from domain.departments import NODES
from domain.errors import Refusal
from domain.terms import FileRef
from gateways.department.deciding.answers import TooBusy
from gateways.files.keeping import Opened, plain_reference
from gateways.files.kinds import suffix_of
from gateways.files.store import CHUNK_BYTES
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.api import Caller
from gateways.http.departments import department_here, department_of

router = APIRouter(prefix="/api/v1")
UPLOADS = "/api/v1/files"
_SPOOL_BYTES = 1 << 20


@router.post("/files", summary="上传文件 / upload a file", status_code=201)
async def upload(request: Request, identity: Caller) -> Response:
    """Keeps a file for the caller's organ and answers its reference for commands.

    The body is the file itself under its Content-Type, or a form with one part `file`.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=4) as form:
            part = form.get("file")
            if not isinstance(part, UploadFile):
                raise problems.bad_parameter("file", "缺少文件", "there is no file")
            reference = await run_in_threadpool(
                keep, request, identity, part.file, part.content_type or ""
            )
    else:
        with tempfile.SpooledTemporaryFile(_SPOOL_BYTES) as spool:
            await _spooled(request.stream(), spool)
            reference = await run_in_threadpool(keep, request, identity, spool, content_type)
    return JSONResponse(plain_reference(reference), status_code=201)


@router.get("/files/{sha256}", summary="下载文件 / download a file")
def download(
    sha256: str, request: Request, identity: Caller, department: str | None = None
) -> Response:
    """The bytes of a file, found unchanged; the reading is on record before they are sent.

    `department` names the one that keeps it, the caller's own by default. The organ that keeps
    a file opens it, and whoever it was sent to or served on.
    """
    return attachment(opened(request, identity, sha256, department), sha256[:16])


def keep(request: Request, identity: Identity, file: IO[bytes], media_type: str) -> FileRef:
    """Keeps what was sent for a post's organ. Every "no" is a ProblemError."""
    state = request.app.state
    department = department_of(request, identity)
    file.seek(0)
    try:
        kept: FileRef = department.files.keep(
            _chunks(file),
            media_type,
            identity.post,
            now=state.platform.clock.now(),
            bytes_max=state.config.file_bytes_max,
        )
    except Refusal as refusal:
        raise problems.of_refusal(refusal) from refusal
    return kept


def opened(
    request: Request, identity: Identity, sha256: str, department: str | None = None
) -> Opened:
    """A file that the identity's post may open, on record. Every "no" is a ProblemError."""
    if department is not None and department not in NODES:
        raise problems.bad_parameter(
            "department", f"没有部门“{department}”", f"there is no department “{department}”"
        )
    try:
        found: Opened = department_here(
            request.app.state.platform, department or identity.department
        ).open_file(sha256, identity.post)
    except Refusal as refusal:
        raise problems.of_refusal(refusal) from refusal
    except TooBusy as error:
        raise problems.busy() from error
    return found


def attachment(found: Opened, name: str) -> Response:
    """A file as a download, never shown in the page's own origin."""
    reference = found.reference
    file_name = f"{name}.{suffix_of(reference.media_type)}"
    return StreamingResponse(
        found.parts,
        media_type=reference.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name)}",
            "Content-Length": str(reference.length),
            "ETag": f'"{reference.sha256}"',
        },
    )


async def _spooled(stream: AsyncIterator[bytes], spool: IO[bytes]) -> None:
    async for chunk in stream:
        spool.write(chunk)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
