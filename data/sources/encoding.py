"""Which encoding a text file is in, and its lines; nothing is ever decoded lossily.

BOM           UTF-8, UTF-16
no BOM        UTF-8 if every byte says so, else GBK, else GB18030
two in one    the encoding of most lines; the other lines are handed back as bytes
"""

import codecs
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from data.errors import SourceError
from data.sources.raw import Note

CHUNK: Final = 1 << 22
"""Bytes checked at a time, so that checking a large file needs no second copy of it."""

_UTF16_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text.

    Attributes:
        encoding: the encoding found, as people name it.
        body: the whole text as UTF-8 without a BOM; None when some line isn't in the encoding.
        lines: the decodable lines by number from 1, line ends kept; only when ``body`` is None.
        undecodable: the other lines' bytes, by number.
    """

    encoding: str
    body: bytes | None
    lines: Mapping[int, str]
    undecodable: Mapping[int, bytes]

    def note(self) -> Note:
        """The sentence for the account."""
        if self.body is not None:
            return Note("encoding", f"编码 {self.encoding}", f"encoding {self.encoding}")
        mixed = len(self.undecodable)
        return Note(
            "encoding",
            f"编码 {self.encoding}，另有 {mixed} 行不是该编码",
            f"encoding {self.encoding}; {mixed} lines are not in it",
        )


def read_text(data: bytes, file: str) -> Text:
    """Find the encoding and decode strictly.

    Args:
        data: the file's bytes.
        file: its name, for messages.

    Raises:
        SourceError: UTF-16 that is damaged or lacks its BOM.
    """
    if data.startswith(_UTF16_BOMS):
        return _whole("UTF-16", _utf16(data, file))
    if data.startswith(codecs.BOM_UTF8):
        return _utf8_or_mixed(data[len(codecs.BOM_UTF8) :], "UTF-8 BOM")
    _refuse_bare_utf16(data, file)
    return _utf8_or_mixed(data, "UTF-8")


def split_lines(text: str) -> list[str]:
    r"""Physical lines with their ends; only ``\n``, ``\r\n`` and ``\r`` end a line."""
    return list(io.StringIO(text, newline=""))


def _utf8_or_mixed(data: bytes, name: str) -> Text:
    if _is_utf8(data):
        return _whole(name, data)
    raw_lines = data.splitlines(keepends=True)
    foreign = [line for line in raw_lines if not line.isascii()]
    as_utf8 = sum(_decoded(line, "utf-8") is not None for line in foreign)
    if as_utf8 == 0:
        for codec, shown in (("gbk", "GBK"), ("gb18030", "GB18030")):
            text = _decoded(data, codec)
            if text is not None:
                return _whole(shown, text.encode())
    if as_utf8 * 2 >= len(foreign):
        return _by_line(raw_lines, "utf-8", name)
    return _by_line(raw_lines, "gb18030", "GB18030")


def _by_line(raw_lines: list[bytes], codec: str, name: str) -> Text:
    """Line by line; under GB18030 a line that is valid UTF-8 could be either, so it is refused."""
    lines: dict[int, str] = {}
    undecodable: dict[int, bytes] = {}
    for number, line in enumerate(raw_lines, start=1):
        text = _decoded(line, codec)
        could_be_both = codec != "utf-8" and not line.isascii() and _decoded(line, "utf-8")
        if text is None or could_be_both:
            undecodable[number] = line
        else:
            lines[number] = text
    return Text(name, None, lines, undecodable)


def _whole(encoding: str, body: bytes) -> Text:
    return Text(encoding, body, {}, {})


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), CHUNK):
            decoder.decode(view[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16(data: bytes, file: str) -> bytes:
    text = _decoded(data, "utf-16")
    if text is None:
        message = f"{file}: begins like UTF-16 but isn't; save it as UTF-8 and import again"
        raise SourceError(message)
    return text.encode()


def _refuse_bare_utf16(data: bytes, file: str) -> None:
    """Every second byte of Latin text in UTF-16 is zero; without a BOM it can't be told safely."""
    head = data[:64]
    if len(head) >= 4 and head.count(0) * 3 >= len(head):
        message = (
            f"{file}: looks like UTF-16 without a byte order mark, or not like text; "
            "save it as UTF-8"
        )
        raise SourceError(message)
