"""What is refused of files: one that is not kept here, one that was changed, one of a foreign kind.

Events carry digest, length and kind of a file; its bytes lie in the department's
content-addressed store, where only the organ that keeps them reads them.
"""

from __future__ import annotations

from domain.departments import ORGANS, covers
from domain.errors import Refusal


class FileNotKept(Refusal):
    """A command or an address names a file that this department does not hold."""

    zh = "本部门未保存文件{file}。"
    en = "This department keeps no file {file}."
    next_zh = "请先上传该文件，或核对其SHA-256摘要。"
    next_en = "Upload the file first, or check its SHA-256 digest."
    source = "平台规则（证据文件内容寻址保存）"


class FileDamaged(Refusal):
    """The bytes that lie under a digest are not the bytes it was made of."""

    zh = "文件{file}的内容与其摘要不符，已被改动或损坏。"
    en = "The file {file} is not what its digest says: it was changed or damaged."
    next_zh = "请勿使用该文件；请重新上传原件，摘要相符即可恢复，并通知运维人员。"
    next_en = "Do not use it; upload the original again, which mends it, and tell the operators."
    source = "平台规则（证据文件内容寻址保存）；行政处罚法第46条"


class FileMisdescribed(Refusal):
    """The length or kind that a command states is not that of the file."""

    zh = "文件{file}的{what}应为{actual}，写成了{stated}。"
    en = "The {what_en} of the file {file} is {actual}, not {stated}."
    next_zh = "请按上传时返回的内容填写。"
    next_en = "Write what the upload answered."
    source = "平台规则（证据文件内容寻址保存）"


class FileKindNotTaken(Refusal):
    """A kind of file that is neither document, picture nor recording, or not what it says it is."""

    zh = "不接受类型为{media_type}的文件，或其内容与该类型不符。"
    en = "Files of the type {media_type} are not taken, or the content is none."
    next_zh = "请上传文书、图片或音视频：{taken}。"
    next_en = "Upload a document, a picture or a recording: {taken}."
    source = "平台规则（证据文件内容寻址保存）"


class FileTooLarge(Refusal):
    """A file is longer than the store takes."""

    zh = "文件超过{bytes_max}字节。"
    en = "The file is longer than {bytes_max} bytes."
    next_zh = "请压缩或分段后上传。"
    next_en = "Compress it, or upload it in parts."
    source = "平台规则（证据文件内容寻址保存）"


class FileOfOtherOrgan(Refusal):
    """A file lies with another organ of the department, or of another territory."""

    zh = "文件{file}由其他机关保存，{organ}无权查看。"
    en = "The file {file} lies with another organ; {organ} may not open it."
    next_zh = "请向保存该文件的机关调取。"
    next_en = "Ask the organ that keeps it."
    source = "劳动保障监察条例第12条；平台职权表"


def bureau_of(organ: str) -> str:
    """The office under whose name an organ acts outside: sections of 人社 act as 人社."""
    return "HRSS" if organ.startswith("HRSS_") else organ


def may_open(organ: str, region: str, kept_by: str, kept_in: str) -> bool:
    """Whether a post of an organ in a region opens a file that another post keeps.

    The keeping organ does, and the bureau whose section it is; each in its own territory.
    """
    own = organ == kept_by or (organ in ORGANS and organ == bureau_of(kept_by))
    return own and covers(region, kept_in)
