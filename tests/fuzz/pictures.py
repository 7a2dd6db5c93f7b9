"""The readers of images: one of each family of decoders."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from segdesk.core.errors import FormatError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, inspect_image, open_regions, read_image
from tests.fuzz.reader import Reader, tolerant

_MOST = 20_000_000  # pixels that are decoded here; larger ones are only described


def _pixels(channels: int = 3) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (40, 60, channels), np.uint8)
    return pixels if channels > 1 else pixels[..., 0]


def _pillow(kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    Image.fromarray(_pixels()).save(data, format=kind, **options)
    return data.getvalue()


def _tiff(**options: object) -> bytes:
    data = io.BytesIO()
    pages = np.stack([_pixels(1)] * 3).astype(np.uint16)
    tifffile.imwrite(data, pages, photometric="minisblack", **options)
    return data.getvalue()


def _dicom(folder: Path) -> bytes:
    try:
        from pydicom.dataset import FileDataset, FileMetaDataset
        from pydicom.uid import ExplicitVRLittleEndian, generate_uid
    except ImportError as error:
        raise FormatError("DICOM needs pydicom: run pip install pydicom.") from error
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(str(folder / "a.dcm"), {}, file_meta=meta, preamble=b"\0" * 128)
    data.Rows, data.Columns = 40, 60
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.NumberOfFrames = 2
    data.PixelSpacing = [0.5, 0.5]
    data.PixelData = np.stack([_pixels(1)] * 2).tobytes()
    data.save_as(folder / "a.dcm", enforce_file_format=True)
    return (folder / "a.dcm").read_bytes()


def _nifti(folder: Path) -> bytes:
    try:
        import nibabel
    except ImportError as error:
        raise FormatError("NIfTI needs nibabel: run pip install nibabel.") from error
    volume = np.stack([_pixels(1).T] * 3, axis=2).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), folder / "a.nii")
    return (folder / "a.nii").read_bytes()


def _read(path: Path) -> None:
    info = inspect_image(path)
    for page in sorted({0, info.pages - 1}):
        source = ImageSource(path, page)
        found = inspect_image(path, page)
        assert found.width > 0
        assert found.height > 0
        if found.width * found.height * found.channels > _MOST:
            continue
        tolerant(lambda s=source: read_image(s))  # type: ignore[misc]
        tolerant(lambda s=source: _piece(s))  # type: ignore[misc]


def _piece(source: ImageSource) -> None:
    with open_regions(source) as regions:
        regions.read(Box(0, 0, min(16, regions.width), min(16, regions.height)))


def readers() -> dict[str, Reader]:
    """By the kind of file."""
    return {
        "image png": Reader(".png", lambda _: _pillow("PNG"), _read),
        "image jpeg": Reader(".jpg", lambda _: _pillow("JPEG"), _read),
        "image gif": Reader(".gif", lambda _: _pillow("GIF"), _read),
        "image bmp": Reader(".bmp", lambda _: _pillow("BMP"), _read),
        "image webp": Reader(".webp", lambda _: _pillow("WEBP", lossless=True), _read),
        "image jp2": Reader(".jp2", lambda _: _pillow("JPEG2000"), _read),
        "image tiff": Reader(".tif", lambda _: _tiff(compression="zlib"), _read),
        "image tiff tiles": Reader(".tif", lambda _: _tiff(compression="zlib", tile=(16, 16)), _read),
        "image tiff bare": Reader(".tif", lambda _: _tiff(metadata=None), _read),
        "image dicom": Reader(".dcm", _dicom, _read),
        "image nifti": Reader(".nii", _nifti, _read),
    }
