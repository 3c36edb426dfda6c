"""What a file is, its bytes say; what its sender says only chooses within that."""

import pytest

from runtime.media.sniff import HEAD, sniffed

PNG = b"\x89PNG\r\n\x1a\n...."
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "said", "is_"),
    [
        (PNG, "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/png", "image/webp"),
        (b"%PDF-1.7", "image/png", "application/pdf"),
        (b"PK\x03\x04....", DOCX, DOCX),
        (b"PK\x03\x04....", "text/html", "application/zip"),
        (b"OggS....", "audio/ogg; codecs=opus", "audio/ogg"),
        (b"\0\0\0\x18ftypmp42", "audio/mp4", "audio/mp4"),
        (b"\0\0\0\x18ftypmp42", "text/html", "video/mp4"),
        (b"<html><script>alert(1)</script>", "text/html", "text/plain"),
        (b"<svg onload='alert(1)'/>", "image/svg+xml", "text/plain"),
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        ("Привет".encode(), "image/png", "text/plain"),
        (b"x" * (HEAD - 1) + "ü".encode(), "text/plain", "text/plain"),
        (b"MZ\x90\0\x03", "image/png", "application/octet-stream"),
        (b"\xff\xfe\0\x01", "text/plain", "application/octet-stream"),
        (b"", "image/png", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file(content: bytes, said: str, is_: str) -> None:
    assert sniffed(content, said) == is_
