"""Making a DICOM segmentation of planes of labels (PS3.3, A.51): binary frames, a segment a class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk import __version__
from segdesk.core.classes import SegClass
from segdesk.formats.dicom_frames import Plane3
from segdesk.formats.items import ExportItem

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
LABELS = "1.2.840.10008.5.1.4.1.1.66.7"  # a label map: a pixel holds the number of its segment
LONGEST_LABEL = 64
_SCHEME = "99SEGDESK"  # classes are named by people, so no public list has their codes
_PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
_STUDY = (
    *("StudyInstanceUID", "StudyDate", "StudyTime"),
    *("ReferringPhysicianName", "StudyID", "AccessionNumber"),
)


@dataclass(frozen=True)
class Page:
    """A labelled page, where it lies, and the header of the DICOM file that it is a frame of."""

    item: ExportItem
    plane: Plane3
    header: Any = None

    @property
    def frames(self) -> int:
        return int(self.header.get("NumberOfFrames", None) or 1)


def segment_label(name: str) -> str:
    """A class's name as a segment's label may be."""
    return name.replace("\\", "/")[:LONGEST_LABEL].strip()


def segmentation(pages: Sequence[Page], classes: Sequence[SegClass]) -> Any:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = SEGMENTATION
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid()
    data.SpecificCharacterSet = "ISO_IR 192"
    source = pages[0].header
    for name in (*_PATIENT, *_STUDY):
        setattr(data, name, str(source.get(name, "") or "") if source is not None else "")
    data.StudyInstanceUID = data.StudyInstanceUID or generate_uid()
    data.FrameOfReferenceUID = (source.get("FrameOfReferenceUID") if source is not None else None) or (
        generate_uid()
    )
    data.PositionReferenceIndicator = ""
    _describe(data, pages[0].item.stack)
    data.SeriesInstanceUID = generate_uid()
    data.Rows, data.Columns = pages[0].item.packed.height, pages[0].item.packed.width
    data.SegmentSequence = [_segment(number, c) for number, c in enumerate(classes, start=1)]
    alike = len({(p.plane.orientation, p.plane.spacing, p.plane.thickness) for p in pages}) == 1
    data.SharedFunctionalGroupsSequence = [Dataset()]
    if alike:
        _lay(data.SharedFunctionalGroupsSequence[0], pages[0].plane)
    _dimensions(data, generate_uid())
    _fill(data, pages, classes, alike=alike)
    _refer(data, pages)
    return data


def _describe(data: Any, stem: str) -> None:
    now = datetime.now()
    data.Modality = "SEG"
    data.SeriesNumber = data.InstanceNumber = 1
    data.SeriesDescription = "Segmentation"
    data.ContentDate = data.SeriesDate = now.strftime("%Y%m%d")
    data.ContentTime = data.SeriesTime = now.strftime("%H%M%S")
    data.Manufacturer = data.ManufacturerModelName = "SegDesk"
    data.DeviceSerialNumber = "1"
    data.SoftwareVersions = __version__
    data.ImageType = ["DERIVED", "PRIMARY"]
    data.ContentLabel = "SEGMENTATION"
    data.ContentDescription = segment_label(stem)
    data.ContentCreatorName = ""
    data.SamplesPerPixel = data.BitsAllocated = data.BitsStored = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.PixelRepresentation = data.HighBit = 0
    data.LossyImageCompression = "00"
    data.SegmentationType = "BINARY"
    data.SegmentsOverlap = "NO"


def _segment(number: int, seg_class: SegClass) -> Any:
    from pydicom.dataset import Dataset

    segment = Dataset()
    segment.SegmentNumber = number
    segment.SegmentLabel = segment_label(seg_class.name)
    if segment.SegmentLabel != seg_class.name:
        segment.SegmentDescription = seg_class.name[:1024]
    segment.SegmentAlgorithmType = "SEMIAUTOMATIC"
    segment.SegmentAlgorithmName = "SegDesk"
    segment.SegmentedPropertyCategoryCodeSequence = [_code("class", _SCHEME, "Class of pixels")]
    kind = _code(str(seg_class.index), _SCHEME, segment.SegmentLabel)
    segment.SegmentedPropertyTypeCodeSequence = [kind]
    return segment


def _code(value: str, scheme: str, meaning: str) -> Any:
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


def _lay(group: Any, plane: Plane3) -> None:
    """Say how frames are turned, and how large their pixels are."""
    from pydicom.dataset import Dataset

    orientation, measures = Dataset(), Dataset()
    orientation.ImageOrientationPatient = _decimals(plane.orientation)
    measures.PixelSpacing = _decimals(plane.spacing)
    measures.SliceThickness = measures.SpacingBetweenSlices = _decimals((plane.thickness,))[0]
    group.PlaneOrientationSequence = [orientation]
    group.PixelMeasuresSequence = [measures]


def _dimensions(data: Any, uid: str) -> None:
    from pydicom.dataset import Dataset

    organisation = Dataset()
    organisation.DimensionOrganizationUID = uid
    data.DimensionOrganizationSequence = [organisation]
    data.DimensionIndexSequence = []
    for pointer, group, name in (
        (0x0062000B, 0x0062000A, "Segment"),
        (0x00200032, 0x00209113, "Position"),
    ):
        index = Dataset()
        index.DimensionOrganizationUID = uid
        index.DimensionIndexPointer, index.FunctionalGroupPointer = pointer, group
        index.DimensionDescriptionLabel = name
        data.DimensionIndexSequence.append(index)


def _fill(data: Any, pages: Sequence[Page], classes: Sequence[SegClass], *, alike: bool) -> None:
    """The frames, class by class and page by page, and what is to be said of each."""
    labels = [page.item.packed for page in pages]
    present = [set(np.unique(packed.unpack()).tolist()) - {0} for packed in labels]
    frames = [
        (number, place)
        for number, seg_class in enumerate(classes, start=1)
        for place in range(len(pages))
        if seg_class.index in present[place] or (number == 1 and not present[place])
    ]
    data.PerFrameFunctionalGroupsSequence = [
        _frame(pages[place], number, place, alike=alike) for number, place in frames
    ]
    data.NumberOfFrames = len(frames)
    data.PixelData = _packed(labels[place].unpack() == classes[number - 1].index for number, place in frames)
    data["PixelData"].VR = "OB"


def _packed(frames: Iterable[NDArray[np.bool_]]) -> bytes:
    """Bit after bit, the first pixel lowest, with no gap between frames; an even number of bytes."""
    parts: list[bytes] = []
    rest = np.zeros(0, np.bool_)
    for frame in frames:
        bits = np.concatenate([rest, frame.ravel()])
        whole = len(bits) // 8 * 8
        parts.append(np.packbits(bits[:whole], bitorder="little").tobytes())
        rest = bits[whole:]
    parts.append(np.packbits(rest, bitorder="little").tobytes())
    data = b"".join(parts)
    return data + bytes(len(data) % 2)


def _frame(page: Page, number: int, place: int, *, alike: bool) -> Any:
    """alike: all frames are turned alike and of the same spacing, which is said once for them all."""
    from pydicom.dataset import Dataset

    group, content, position, segment = Dataset(), Dataset(), Dataset(), Dataset()
    content.DimensionIndexValues = [number, place + 1]
    content.StackID = "1"
    content.InStackPositionNumber = page.item.source.page + 1 if page.header is None else place + 1
    group.FrameContentSequence = [content]
    position.ImagePositionPatient = _decimals(page.plane.position)
    group.PlanePositionSequence = [position]
    segment.ReferencedSegmentNumber = number
    group.SegmentIdentificationSequence = [segment]
    group.DerivationImageSequence = []
    if not alike:
        _lay(group, page.plane)
    if page.header is not None:
        derivation = Dataset()
        derivation.DerivationCodeSequence = [_code("113076", "DCM", "Segmentation")]
        derivation.SourceImageSequence = [_source(page)]
        group.DerivationImageSequence = [derivation]
    return group


def _source(page: Page) -> Any:
    source = _reference(page)
    if page.frames > 1:
        source.ReferencedFrameNumber = page.item.source.page + 1
    source.SpatialLocationsPreserved = "YES"
    purpose = _code("121322", "DCM", "Source image for image processing operation")
    source.PurposeOfReferenceCodeSequence = [purpose]
    return source


def _reference(page: Page) -> Any:
    from pydicom.dataset import Dataset

    reference = Dataset()
    reference.ReferencedSOPClassUID = page.header.get("SOPClassUID", "")
    reference.ReferencedSOPInstanceUID = page.header.get("SOPInstanceUID", "")
    return reference


def _refer(data: Any, pages: Sequence[Page]) -> None:
    """Every image that was looked at, also those with nothing on them."""
    from pydicom.dataset import Dataset

    if pages[0].header is None:
        return
    images = {page.item.source.path: _reference(page) for page in pages}
    series = Dataset()
    series.SeriesInstanceUID = pages[0].header.get("SeriesInstanceUID", "")
    series.ReferencedInstanceSequence = list(images.values())
    data.ReferencedSeriesSequence = [series]


def _decimals(values: Sequence[float]) -> list[str]:
    """Decimal texts of 16 letters at most, as exact as those can be."""
    texts: list[str] = []
    for value in values:
        digits = next(d for d in range(15, 0, -1) if len(f"{value:.{d}g}") <= 16)
        texts.append(f"{value:.{digits}g}")
    return texts
