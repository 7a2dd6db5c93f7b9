"""Telling what a file is by its content; its name may say anything."""

from __future__ import annotations

import zlib
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images.extras import missing, no_avif, reads_avif, reads_heif
from segdesk.core.images.failures import not_supported, unreachable
from segdesk.core.translation import tr

PNG = "PNG"
TIFF = "TIFF"
DICOM = "DICOM"
NIFTI = "NIfTI"
HEIF = "HEIF"  # or AVIF
OTHER = "other"

_HEAD = 4096
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def recognise(path: Path) -> str:
    """PNG, TIFF, DICOM, NIFTI, HEIF, or OTHER for what another decoder may know.

    Raises:
        ImageError: the file cannot be reached, is empty, or is known and not supported.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise unreachable(path, error) from error
    except ValueError as error:  # a name with a null character
        raise unreachable(path, FileNotFoundError()) from error
    if not head:
        raise ImageError(
            tr("'{name}' cannot be read: it is empty. Copy it again from its source.").format(name=path.name)
        )
    # DICOM comes first: its free preamble may look like a TIFF.
    if head[128:132] == b"DICM":
        return DICOM
    if _is_nifti(head) or (head.startswith(b"\x1f\x8b") and _is_nifti(_unzipped(head))):
        return NIFTI
    _refuse_unsupported(path, head)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if _is_avif(head) or _is_heif(head):
        return HEIF
    return TIFF if head.startswith(_TIFF_MAGIC) else OTHER


def _refuse_unsupported(path: Path, head: bytes) -> None:
    # DICOM comes first: its free preamble may look like a TIFF.
    if head[128:132] == b"DICM":
        raise not_supported(path, tr("a DICOM file"))
    if _is_nifti(head) or (head.startswith(b"\x1f\x8b") and _is_nifti(_unzipped(head))):
        raise not_supported(path, tr("a NIfTI file"))
    if head.startswith(b"\x93NUMPY"):
        raise not_supported(path, tr("a NumPy array"))
    if head.startswith(b"%PDF"):
        raise not_supported(path, tr("a PDF document"))
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        raise not_supported(path, tr("an HDF5 file"))
    if _is_avif(head):
        if not reads_avif():
            raise no_avif(path)
    elif _is_heif(head) and not reads_heif():
        raise missing(path, tr("a HEIF picture"), "pillow-heif", "heif")
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        raise ImageError(
            tr("'{name}' is an archive, not an image. Unpack it and open what is in it.").format(
                name=path.name
            )
        )
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text and text.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise not_supported(path, tr("an SVG drawing"))
    if text.startswith((b"<!doctype html", b"<html")):
        raise ImageError(
            tr("'{name}' is a web page, not an image. Download the image itself.").format(name=path.name)
        )


def _is_avif(head: bytes) -> bool:
    # It may carry a general brand as its first.
    return head[4:8] == b"ftyp" and (b"avif" in head[8:64] or head[8:12] == b"avis")


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def _is_nifti(head: bytes) -> bool:
    return head[344:348] in (b"n+1\0", b"ni1\0") or head[4:8] in (b"n+2\0", b"ni2\0")


def _unzipped(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 400)
    except zlib.error:
        return b""
