"""Reading DICOM segmentations: frames find their images by reference, or by the file's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import inspect_image, kinds
from segdesk.core.images.failures import foreign
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import MAX_CLASSES
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr
from segdesk.formats import optional
from segdesk.formats.dicom_frames import plane_of, read_header
from segdesk.formats.dicom_object import LABELS, SEGMENTATION, segment_label
from segdesk.formats.dicom_seg import ENDING
from segdesk.formats.foreign import Collector, Images, Reading, Target, blank

_LOOKED_AT = 50  # files of a folder
_TURNED = 1e-3

Found = tuple[Path, int]  # a file, and a page of it


@dataclass
class _Instances:
    """Files of images by who they are; read when the first frame asks."""

    images: Images
    near: Path
    _paths: dict[str, Path] | None = field(default=None)

    def path(self, uid: str) -> Path | None:
        if self._paths is None:
            self._paths = {}
            folder = self.near
            for path in self.images.files(folder, folder / "images", folder.parent / "images", folder.parent):
                try:
                    if kinds.recognise(path) == kinds.DICOM:
                        self._paths.setdefault(str(read_header(path).get("SOPInstanceUID", "")), path)
                except ImageError:
                    continue  # it says so where it is opened
        return self._paths.get(uid)


def recognise(path: Path) -> bool:
    """Whether it is such a file, or one of a folder's is."""
    for file in _files(path)[:_LOOKED_AT]:
        try:
            if _is_segmentation(file):
                return True
        except (FormatError, ImageError):
            continue
    return False


def read(path: Path, images: Images) -> Job[Reading]:
    """Segments are classes by their labels, one of a higher number over one of a lower.

    A pixel of a fractional segmentation counts from one half on. Images that are referred to and have no
    frame have nothing on them.
    """
    optional.needed(*optional.DICOM)
    collector = Collector(images)
    files = _files(path)
    for done, file in enumerate(files):
        yield Progress(done / len(files), tr("Reading labels"))
        try:
            if _is_segmentation(file):
                with optional.damage_told():
                    _read_file(file, collector)
        except (FormatError, ImageError) as error:
            collector.complain(file.name, error)
    return collector.reading()


def _read_file(file: Path, collector: Collector) -> None:
    data = read_header(file, pixels=True)
    _check_whole(data)
    numbers = _classes(data, file, collector)
    for target, listed in _frames(data, file, collector):
        try:
            _take(data, file, collector, target, listed, numbers)
        except FormatError as error:
            collector.complain(_where(file, [frame for frame, _ in listed]), error)


def _check_whole(data: Any) -> None:
    """Raises FormatError where frames are missing at the end, which libraries do not mind."""
    frames = int(data.get("NumberOfFrames", 0) or 0)
    whole = frames > 0 and len(data.get("PerFrameFunctionalGroupsSequence") or []) == frames
    if whole and not data.file_meta.TransferSyntaxUID.is_encapsulated:
        bits = frames * int(data.Rows) * int(data.Columns) * int(data.BitsAllocated)
        whole = len(data.get("PixelData", b"")) * 8 >= bits
    if not whole or "PixelData" not in data:
        raise FormatError(tr("it is cut short or damaged"))


def _classes(data: Any, file: Path, collector: Collector) -> dict[int, int]:
    """Numbers of classes by those of segments."""
    numbers: dict[int, int] = {}
    for place, segment in enumerate(data.get("SegmentSequence") or [], start=1):
        try:
            number = segment.get("SegmentNumber")
            if not isinstance(number, int):
                raise FormatError(tr("it has no number"))
            if number in numbers:
                raise FormatError(tr("the id {id} is taken already").format(id=number))
            label = str(segment.get("SegmentLabel", "") or "")
            whole = str(segment.get("SegmentDescription", "") or "")
            numbers[number] = collector.number(whole if whole and segment_label(whole) == label else label)
        except FormatError as error:
            collector.complain(tr("{name}, segment {number}").format(name=file.name, number=place), error)
    return numbers


def _frames(
    data: Any, file: Path, collector: Collector
) -> Iterator[tuple[Target, list[tuple[int, int | None]]]]:
    """The frames of each image: their places in the file, and their segments; None where pixels say which."""
    instances = _Instances(collector.images, file.parent)
    by_image: dict[Found, list[tuple[int, int | None]]] = defaultdict(list)
    targets: dict[Found, Target] = {}
    groups = data.get("PerFrameFunctionalGroupsSequence") or []
    shared = (data.get("SharedFunctionalGroupsSequence") or [None])[0]
    lost: list[int] = []
    for frame, group in enumerate(groups):
        target = _target(group, file, instances)
        if target is None:
            lost.append(frame)
            continue
        targets[target.key] = target
        by_image[target.key].append((frame, _segment_of(group, shared)))
    for uid in _referenced(data):
        path = instances.path(uid)
        target = collector.images.at(path) if path is not None and _is_single(path) else None
        if target is not None and target.key not in targets:
            targets[target.key] = target
            by_image[target.key] = []
    if lost:
        collector.unmatched.append(_where(file, lost))
    for key, listed in by_image.items():
        yield targets[key], sorted(listed, key=lambda entry: entry[1] or 0)


def _take(
    data: Any,
    file: Path,
    collector: Collector,
    target: Target,
    frames: list[tuple[int, int | None]],
    numbers: dict[int, int],
) -> None:
    size = int(data.get("Rows", 0) or 0), int(data.get("Columns", 0) or 0)
    labels = blank(target) if size == (target.height, target.width) else np.zeros(size, np.uint8)
    _check_turn(data, frames, target)
    for frame, segment in frames:
        pixels = _pixels(data, file, frame)
        if segment is None:
            table = np.zeros(MAX_CLASSES + 1, np.uint8)
            for number, class_number in numbers.items():
                if 0 < number <= MAX_CLASSES:
                    table[number] = class_number
            labels[:] = table[np.minimum(pixels, MAX_CLASSES)]
            continue
        if segment not in numbers:
            raise FormatError(tr("its class {id} is not listed").format(id=segment))
        most = int(data.get("MaximumFractionalValue", 1) or 1)
        labels[pixels >= (most / 2 if data.get("SegmentationType") == "FRACTIONAL" else 1)] = numbers[segment]
    collector.add(target, labels, _where(file, [frame for frame, _ in frames]) if frames else file.name)


def _pixels(data: Any, file: Path, frame: int) -> NDArray[Any]:
    from pydicom.pixels import pixel_array

    with foreign(file):
        if data.BitsAllocated == 1 and not data.file_meta.TransferSyntaxUID.is_encapsulated:
            return _bits(data.PixelData, frame, int(data.Rows), int(data.Columns))
        only = int(data.get("NumberOfFrames", None) or 1) == 1
        return np.asarray(pixel_array(data, index=None if only else frame))


def _bits(packed: bytes, frame: int, height: int, width: int) -> NDArray[np.uint8]:
    """A frame of 0 and 1; the next one begins at the very next bit, which libraries do not all know."""
    start, size = frame * height * width, height * width
    here = np.frombuffer(packed, np.uint8)[start // 8 : (start + size + 7) // 8]
    return np.unpackbits(here, bitorder="little")[start % 8 :][:size].reshape(height, width)


def _target(group: Any, file: Path, instances: _Instances) -> Target | None:
    """The image of a frame: the one it was derived from, else the one of the file's name."""
    for derivation in group.get("DerivationImageSequence") or []:
        for source in derivation.get("SourceImageSequence") or []:
            path = instances.path(str(source.get("ReferencedSOPInstanceUID", "")))
            if path is None:
                continue
            number = source.get("ReferencedFrameNumber")
            number = number[0] if isinstance(number, list) else number
            return instances.images.at(path, int(number or 1) - 1)
        return None
    content = (group.get("FrameContentSequence") or [{}])[0]
    page = int(content.get("InStackPositionNumber", 1) or 1) - 1
    stem = file.name[: -len(ENDING)] if file.name.endswith(ENDING) else file.stem
    return instances.images.find_page(stem, page, (file.parent, file.parent.parent / "images"))


def _segment_of(group: Any, shared: Any) -> int | None:
    for place in (group, shared or {}):
        for entry in place.get("SegmentIdentificationSequence") or []:
            number = entry.get("ReferencedSegmentNumber")
            if isinstance(number, int):
                return number
    return None


def _referenced(data: Any) -> Iterator[str]:
    for series in data.get("ReferencedSeriesSequence") or []:
        for instance in series.get("ReferencedInstanceSequence") or []:
            yield str(instance.get("ReferencedSOPInstanceUID", ""))


def _check_turn(data: Any, frames: list[tuple[int, int | None]], target: Target) -> None:
    """Raises FormatError where frames are turned otherwise than their image."""
    if not frames or kinds.recognise(target.source.path) != kinds.DICOM:
        return
    theirs = plane_of(data, frames[0][0], (1, 1))
    own = plane_of(read_header(target.source.path), target.source.page, (1, 1))
    if np.abs(np.subtract(theirs.orientation, own.orientation)).max() > _TURNED:
        raise FormatError(tr("it lies otherwise than its image"))


def _is_single(path: Path) -> bool:
    try:
        return inspect_image(path).pages == 1
    except ImageError:
        return False


def _is_segmentation(path: Path) -> bool:
    """Raises FormatError or ImageError where that cannot be told."""
    if kinds.recognise(path) != kinds.DICOM:
        if path.name.endswith(ENDING):
            raise FormatError(tr("it is no DICOM file"))
        return False
    return str(read_header(path).get("SOPClassUID", "")) in (SEGMENTATION, LABELS)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = [file for file in path.iterdir() if file.suffix.lower() in (".dcm", ".dicom") and file.is_file()]
    # Ours come first, so that a folder with a long series beside them is known soon.
    return sorted(found, key=lambda file: (not file.name.endswith(ENDING), natural_key(file.name)))


def _where(file: Path, frames: list[int]) -> str:
    numbers = ", ".join(str(frame + 1) for frame in frames[:3]) + ("…" if len(frames) > 3 else "")
    return tr("{name}, frame {number}").format(name=file.name, number=numbers)
