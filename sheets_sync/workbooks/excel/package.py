"""An OOXML zip in memory. Members that nobody wrote are copied as they are compressed, byte for byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace

from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel import markup, refuse

MOST_MEMBERS = 20_000
MOST_BYTES_OF_ONE = 1 << 30
MOST_BYTES = 2 << 30
RATIO_FROM = 32 << 20
MOST_RATIO = 250

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED = 0, 8
_DESCRIPTOR, _ENCRYPTED, _UTF8 = 0x08, 0x41, 0x800
_ZIP64_EXTRA = 1
_SMALL = 1 << 18
_CONTENT_TYPES = "[Content_Types].xml"
_DAMAGED = "The workbook is damaged: {} cannot be unpacked. Restore an earlier version of the file."


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    written_name: bytes
    flags: int
    method: int
    stamp: int
    crc: int
    size: int
    extra: bytes
    attributes: int
    held: bytes | memoryview
    packed: bool = True


class Package:
    """The parts of a workbook by name (`xl/workbook.xml`; forward slashes, found whatever their case)."""

    def __init__(self) -> None:
        self._members: dict[str, _Member] = {}
        self._changed: set[str] = set()
        self._main = ""

    @classmethod
    def open(cls, data: bytes) -> Package:
        """A package from a file's bytes. The directory is checked before anything is inflated; raises Refused."""
        refuse.check_bytes(data)
        package = cls()
        for info in _directory(data):
            member = _member(data, info)
            key = member.name.casefold()
            if key in package._members:
                raise Refused(f"The workbook holds {member.name} twice, so it is not clear which one counts.")
            package._members[key] = member
        return package

    def names(self) -> list[str]:
        return [member.name for member in self._members.values() if not member.name.endswith("/")]

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._members

    def read(self, name: str) -> bytes:
        """A part's bytes, inflated. Raises Refused when it is missing or damaged."""
        member = self._member(name)
        if not member.packed:
            return bytes(member.held)
        data = _inflate(member, member.size + 1)
        if len(data) != member.size or zlib.crc32(data) != member.crc:
            raise Refused(_DAMAGED.format(member.name))
        return data

    def xml(self, name: str) -> bytes:
        """An XML part as UTF-8 bytes. Raises Refused on a DOCTYPE."""
        return markup.utf8(self.read(name), name)

    def head(self, name: str, size: int = 4096) -> bytes:
        """The first bytes of a part, without inflating the rest."""
        return _inflate(self._member(name), size)

    def write(self, name: str, data: bytes) -> None:
        """Replace a part, or add one at the end. The same bytes as before are no change; XML in UTF-8 stays in the
        encoding that the part had."""
        old = self._members.get(name.casefold())
        data = self.encoded(name, data)
        if old is not None and old.size == len(data) and old.crc == zlib.crc32(data) and self.read(name) == data:
            return
        new = old or _Member(name, b"", 0, _DEFLATED, 0x21 << 16, 0, 0, b"", 0o600 << 16, b"")
        written = replace(
            new,
            written_name=new.written_name or name.encode(),
            flags=_UTF8 if not name.isascii() else new.flags & _UTF8,
            method=_DEFLATED,
            crc=zlib.crc32(data),
            size=len(data),
            held=data,
            packed=False,
        )
        # Small parts are written over and over, so they are packed at the end.
        self._members[name.casefold()] = written if len(data) <= _SMALL else _packed(written)
        self._changed.add(new.name)

    def encoded(self, name: str, data: bytes) -> bytes:
        """XML in UTF-8 as it is written into a part: in the encoding that the part has."""
        old = self._members.get(name.casefold())
        is_xml = old is not None and data.lstrip(b"\xef\xbb\xbf")[:1] == b"<"
        return markup.encoded_like(_inflate(old, markup.PROLOG), data) if old is not None and is_xml else data

    def borrow(self, name: str, other: Package, other_name: str) -> None:
        """Add another package's part under a name here, without inflating it."""
        member = other._member(other_name)
        self._members[name.casefold()] = replace(member, name=name, written_name=name.encode(), extra=b"")
        self._changed.add(name)

    def remove(self, name: str) -> None:
        """Take a part out; one that is not there is no error."""
        member = self._members.pop(name.casefold(), None)
        if member is not None:
            self._changed.add(member.name)

    @property
    def changed(self) -> set[str]:
        """Names of the parts written, added or removed since the package was opened."""
        return set(self._changed)

    def crc(self, name: str) -> int:
        return self._member(name).crc

    def size(self, name: str) -> int:
        """A part's size in bytes when inflated."""
        return self._member(name).size

    @property
    def main_part(self) -> str:
        """The workbook part, as the package's own relationships name it (mostly `xl/workbook.xml`)."""
        if not self._main:
            from sheets_sync.workbooks.excel.relations import relations

            found = [r for r in relations(self, "") if r.kind == "officeDocument" and r.target in self]
            if not found:
                raise Refused("The file is a zip archive, but there is no workbook in it.")
            self._main = self._member(found[0].target).name
        return self._main

    def to_bytes(self) -> bytes:
        """The whole file. Untouched members keep their compressed bytes, order, time and attributes."""
        pieces: list[bytes | memoryview] = []
        directory: list[bytes] = []
        offset = 0
        for key, member in self._members.items():
            if not member.packed:
                self._members[key] = member = _packed(member)
            local, central = _headers(member, offset)
            pieces += (local, member.held)
            directory.append(central)
            offset += len(local) + len(member.held)
        listing = b"".join(directory)
        end = _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(listing), offset, 0)
        return b"".join([*pieces, listing, end])

    def _member(self, name: str) -> _Member:
        try:
            return self._members[name.casefold()]
        except KeyError:
            raise Refused(f"The workbook is damaged: {name} is missing from it.") from None


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    """The central directory, refused when it is more than a workbook can be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, EOFError):
        raise Refused(refuse.TRUNCATED) from None
    if not infos or min(info.header_offset for info in infos) != 0:
        raise Refused("The file has other data in front of the workbook, so it is not read. Save it anew in Excel.")
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise Refused("The workbook unpacks to more than 2 GB or 20,000 parts, so it is not opened.")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise Refused("The workbook's parts overlap in the file, so it is not read.")
        end = info.header_offset + _LOCAL.size + info.compress_size
        _check_member(info)
    return infos


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or "\0" in name or ":" in name.split("/")[0]:
        raise Refused("The workbook holds a part whose name leads out of it, so it is not read.")
    if info.flag_bits & _ENCRYPTED:
        raise Refused("The archive is encrypted. Remove the password and save it as .xlsx in Excel.")
    if info.compress_type not in (_STORED, _DEFLATED):
        raise Refused(f"The workbook packs {name} in a way that Excel does not read.")
    too_dense = info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1)
    if info.file_size > MOST_BYTES_OF_ONE or too_dense:
        megabytes = info.file_size >> 20
        raise Refused(f"{name} in the workbook unpacks to {megabytes:,} MB, which no tracker needs; it is not opened.")


def _member(data: bytes, info: zipfile.ZipInfo) -> _Member:
    """A member with its bytes still compressed; its own header must agree with the directory."""
    at = info.header_offset
    header = data[at : at + _LOCAL.size]
    written = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace")
    if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
        raise Refused(refuse.TRUNCATED)
    name_size, extra_size = _LOCAL.unpack(header)[9:]
    start = at + _LOCAL.size + name_size + extra_size
    if data[at + _LOCAL.size : at + _LOCAL.size + name_size] != written or start + info.compress_size > len(data):
        raise Refused(refuse.TRUNCATED)
    name = info.orig_filename.replace("\\", "/")
    year, month, day, hour, minute, second = info.date_time
    stamp = (max(year - 1980, 0) << 9 | month << 5 | day) << 16 | hour << 11 | minute << 5 | second // 2
    return _Member(
        name=_CONTENT_TYPES if name.casefold() == _CONTENT_TYPES.casefold() else name,
        written_name=written,
        flags=info.flag_bits & ~_DESCRIPTOR,
        method=info.compress_type,
        stamp=stamp,
        crc=info.CRC,
        size=info.file_size,
        extra=_without_zip64(info.extra),
        attributes=info.external_attr,
        held=memoryview(data)[start : start + info.compress_size],
    )


def _without_zip64(extra: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind != _ZIP64_EXTRA:
            kept += extra[at : at + 4 + size]
        at += 4 + size
    return kept


def _packed(member: _Member) -> _Member:
    packer = zlib.compressobj(5, zlib.DEFLATED, -15)
    return replace(member, held=packer.compress(member.held) + packer.flush(), packed=True)


def _inflate(member: _Member, most: int) -> bytes:
    if member.method == _STORED or not member.packed:
        return bytes(member.held[:most])
    try:
        return zlib.decompressobj(-15).decompress(member.held, most)
    except zlib.error:
        raise Refused(_DAMAGED.format(member.name)) from None


def _headers(member: _Member, offset: int) -> tuple[bytes, bytes]:
    """The header before a member's bytes, and its line in the directory."""
    clock, day = member.stamp & 0xFFFF, member.stamp >> 16
    sizes = (member.crc, len(member.held), member.size)
    names = (len(member.written_name), len(member.extra))
    local = _LOCAL.pack(b"PK\3\4", 20, member.flags, member.method, clock, day, *sizes, *names)
    central = _CENTRAL.pack(
        *(b"PK\1\2", 20, 0, 20, 0, member.flags, member.method, clock, day, *sizes, *names),
        *(0, 0, 0, member.attributes, offset),
    )
    return local + member.written_name + member.extra, central + member.written_name + member.extra
