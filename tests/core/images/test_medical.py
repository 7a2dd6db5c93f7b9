"""DICOM and NIfTI: with their libraries they are images like others, without them the sentence says so."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, inspect_image, read_image, read_pixel_size


@pytest.mark.parametrize(
    ("name", "head", "library"),
    [("a.dcm", bytes(128) + b"DICM", "pydicom"), ("a.nii", bytes(344) + b"n+1\0", "nibabel")],
)
def test_a_missing_library_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, head: bytes, library: str
) -> None:
    (tmp_path / name).write_bytes(head + bytes(100))
    monkeypatch.setitem(sys.modules, library, None)
    for read in (inspect_image, lambda path: read_image(ImageSource(path))):
        with pytest.raises(ImageError, match=rf"{library}.*pip install segdesk\["):
            read(tmp_path / name)
    assert read_pixel_size(ImageSource(tmp_path / name)) is None


def test_dicom_frames_in_the_units_of_the_modality(tmp_path: Path) -> None:
    pydicom = pytest.importorskip("pydicom")
    from pydicom.dataset import FileDataset, FileMetaDataset

    stored = np.random.default_rng(1).integers(0, 4096, (3, 40, 50)).astype(np.uint16)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    data = FileDataset("a.dcm", {}, file_meta=meta, preamble=bytes(128))
    data.Rows, data.Columns, data.NumberOfFrames = 40, 50, 3
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.PixelSpacing, data.RescaleSlope, data.RescaleIntercept = [0.5, 0.7], 1, -1024
    data.PixelData = stored.tobytes()
    path = tmp_path / "a.dcm"
    data.save_as(path, enforce_file_format=True)
    info = inspect_image(path)
    assert (info.width, info.height, info.pages) == (50, 40, 3)
    image = read_image(ImageSource(path, 2))
    assert str(image.dtype) == info.dtype
    assert np.array_equal(image, stored[2].astype(int) - 1024)
    size = read_pixel_size(ImageSource(path))
    assert size is not None
    assert (size.x, size.y, size.unit) == (0.7, 0.5, "mm")
    with pytest.raises(ImageError, match="no page 4"):
        inspect_image(path, 3)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_nifti_slices_with_the_front_at_the_top(tmp_path: Path, suffix: str) -> None:
    nibabel = pytest.importorskip("nibabel")
    volume = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    path = tmp_path / f"v{suffix}"
    # The first axis goes to the right, the second to the front, the third to the head.
    nibabel.save(nibabel.Nifti1Image(volume, np.diag([2, 3, 4, 1])), path)
    info = inspect_image(path)
    assert (info.width, info.height, info.pages, info.dtype) == (4, 5, 6, "int16")
    image = read_image(ImageSource(path, 2))
    assert np.array_equal(image, volume[::-1, ::-1, 2].T)
    size = read_pixel_size(ImageSource(path))
    assert size is not None
    assert (size.x, size.y, size.unit) == (2, 3, "mm")
    # The same body, stored along other axes, looks the same.
    turned = nibabel.Nifti1Image(
        volume.transpose(2, 1, 0), np.array([[0, 0, 2, 0], [0, 3, 0, 0], [4, 0, 0, 0], [0, 0, 0, 1.0]])
    )
    other = tmp_path / f"w{suffix}"
    nibabel.save(turned, other)
    assert np.array_equal(read_image(ImageSource(other, 2)), image)
