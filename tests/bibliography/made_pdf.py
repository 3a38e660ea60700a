"""PDFs made by hand for tests, byte by byte."""

import io
import zlib

from pypdf import PdfReader, PdfWriter

FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def pdf(objects: list[str | bytes], trailer: str = "/Root 1 0 R") -> bytes:
    """A PDF of these *objects*, numbered from 1."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + (each if isinstance(each, bytes) else each.encode()) + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return bytes(out) + f"trailer\n<</Size {len(objects) + 1} {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()


def stream(data: bytes, extra: str = "") -> bytes:
    """A stream object."""
    return f"<</Length {len(data)} {extra}>>\nstream\n".encode() + data + b"\nendstream"


def pages(*contents: bytes, catalog: str = "", extra: str = "") -> bytes:
    """A PDF with a page for each content stream."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(contents)))
    objects: list[str | bytes] = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>", f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}>>", FONT,
    ]  # fmt: skip
    for number, content in enumerate(contents):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        objects.append(stream(content, extra))
    return pdf(objects)


def lines(*texts: str, size: int = 12, first: int | None = None) -> bytes:
    """A content stream with a line for each text; the *first* in another size."""
    shown = []
    for number, text in enumerate(texts):
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        height = first if first and not number else size
        shown.append(f"BT /F1 {height} Tf 50 {700 - 20 * number} Td ({escaped}) Tj ET")
    return "\n".join(shown).encode("cp1252")


def with_metadata(data: bytes, info: dict[str, str], xmp: bytes = b"") -> bytes:
    """The same PDF with document information and an XMP packet."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_metadata(info)
    if xmp:
        writer.xmp_metadata = xmp
    return written(writer)


def encrypted(data: bytes, password: str, owner: str = "owner") -> bytes:
    """The same PDF under a password; one that is empty keeps nobody from reading it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner, algorithm="AES-256")
    return written(writer)


def labelled(data: bytes, start: int) -> bytes:
    """The same PDF with its pages numbered from *start*."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.set_page_label(0, len(writer.pages) - 1, style="/D", start=start)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb(size: int) -> bytes:
    """A PDF of one page whose content stream unpacks to *size* bytes."""
    return pages(zlib.compress(b"\0" * size, 9), extra="/Filter/FlateDecode")
