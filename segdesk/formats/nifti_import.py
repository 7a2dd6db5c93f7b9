"""Reading NIfTI label volumes: each slice is for a page of an image, wherever either keeps its axes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import kinds
from segdesk.core.images.failures import foreign
from segdesk.core.images.limits import MAX_BYTES
from segdesk.core.images.nifti_reader import page_views
from segdesk.core.jobs import Job, Progress
from segdesk.core.limits import raised
from segdesk.core.mask import UNLABELLED
from segdesk.core.translation import tr
from segdesk.formats import optional
from segdesk.formats.dicom_frames import plane_of, read_header
from segdesk.formats.dicom_series import SeriesFinder
from segdesk.formats.foreign import Collector, ForeignClass, Images, Reading, Target
from segdesk.formats.label_images import class_names, classes_of
from segdesk.formats.layouts import Pair, alone, bare_stem, find_pairs, stem_of

_ENDINGS = (".nii", ".nii.gz")
_NEAR = ("images", "imagesTr")
_MOST_PAGES = 10_000
_OFF = 0.5  # voxels that labels may lie beside their image


def recognise(path: Path) -> bool:
    """Whether it is such a file, or the labels of a folder are."""
    if path.is_file():
        return _is_nifti(path)
    return any(_is_nifti(pair.labels[0]) for pair in _pairs(path)[:3])


def read(path: Path, images: Images) -> Job[Reading]:
    """Slice after slice, as the image's slices are seen.

    Labels of a NIfTI image are turned to lie as it does, and refused where they do not cover it. For DICOM
    they are turned as it lies; for other images, x goes to the person's left and y to the back.
    """
    nibabel = optional.needed(*optional.NIFTI)
    collector = Collector(images)
    names = class_names(path)
    values: set[int] = set()
    finder = SeriesFinder()
    pairs = [pair for pair in _pairs(path) if _is_nifti(pair.labels[0])]
    for done, pair in enumerate(pairs):
        yield Progress(done / len(pairs), tr("Reading labels"))
        file = pair.labels[0]
        try:
            with foreign(file):
                volume = nibabel.load(file)
                count = int(np.prod(volume.shape[2:]))
            # Any page tells which image it is; the first ones may not be in the project.
            place = _Place(collector, pair, count, finder)
            found = (place.target(page) for page in range(min(count, _MOST_PAGES)))
            first = next((target for target in found if target is not None), None)
            if first is None:
                collector.unmatched.append(file.name)
                continue
            pages = _pages(nibabel, file, volume, first)
        except (FormatError, ImageError) as error:
            collector.complain(file.name, error)
            continue
        _take(place, pages)
        values |= {int(v) for v in np.unique(pages)}
    if not names:
        return collector.reading(classes_of(values, {}))
    known = sorted(({0} | values | set(names)) - {UNLABELLED})
    return collector.reading([ForeignClass(n, names.get(n, "background" if n == 0 else "")) for n in known])


def _take(place: _Place, pages: NDArray[np.uint8]) -> None:
    lead, collector = pages.shape[:-2], place.collector
    for page in range(int(np.prod(lead))):
        labels = pages[tuple(int(i) for i in np.unravel_index(page, lead))]
        target = place.target(page)
        where = tr("{name}, slice {number}").format(name=place.pair.labels[0].name, number=page + 1)
        if target is not None:
            if not (labels == UNLABELLED).all():
                collector.add(target, np.ascontiguousarray(labels), where)
        elif (labels % UNLABELLED).any():
            collector.unmatched.append(where)


@dataclass(frozen=True)
class _Place:
    """Where the slices of a volume belong. count: how many it has."""

    collector: Collector
    pair: Pair
    count: int
    finder: SeriesFinder

    def target(self, page: int) -> Target | None:
        """The page of the image, or the file of its series where the volume is all of that."""
        slices = self._slices
        return self.collector.images.at(slices[page]) if slices else self._page(page)

    @cached_property
    def _slices(self) -> tuple[Path, ...]:
        named = self._page(0) if self.count > 1 else None
        if named is None or kinds.recognise(named.source.path) != kinds.DICOM:
            return ()
        slices = self.finder.slices(named.source.path)
        return slices if len(slices) == self.count else ()

    def _page(self, page: int) -> Target | None:
        images, file = self.collector.images, self.pair.labels[0]
        if self.pair.image is not None:
            return images.at(self.pair.image, page)
        near = [file.parent.parent / name for name in _NEAR]
        stem = stem_of(file)
        found = images.find_page(stem, page, near)
        return found or images.find_page(bare_stem(stem), page, [*near, file.parent])


def _pages(nibabel: Any, file: Path, volume: Any, target: Target) -> NDArray[np.uint8]:
    """(..., height, width) labels as the image's pages are seen; the axes before those two are the pages."""
    if int(np.prod(volume.shape)) * volume.get_data_dtype().itemsize > raised(MAX_BYTES):
        raise FormatError(tr("it is too large to be read"))
    with foreign(file):
        voxels = np.asanyarray(volume.dataobj)
    labels = _as_classes(voxels)
    if labels.ndim < 2 or not labels.size:
        raise FormatError(tr("it is cut short or damaged"))
    if kinds.recognise(target.source.path) == kinds.NIFTI:
        with foreign(target.source.path):
            image = nibabel.load(target.source.path)
        return page_views(_laid_like(nibabel, labels, volume, image), image)
    if labels.ndim == 2:
        return page_views(labels, volume)
    wanted = nibabel.orientations.axcodes2ornt(("L", "P", "S"))
    if kinds.recognise(target.source.path) == kinds.DICOM:
        plane = plane_of(read_header(target.source.path), target.source.page, (1.0, 1.0))
        wanted = nibabel.io_orientation(plane.affine)
    turned, _ = _turned(nibabel, labels, volume, wanted)
    return turned.T


def _as_classes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Class numbers of voxels, which may be stored as fractions."""
    whole = values.dtype.kind in "iub"
    if values.dtype.kind == "f":
        whole = bool(np.isfinite(values).all() and (values == np.rint(values)).all())
    if not whole:
        raise FormatError(tr("its values are no whole numbers, so it is a picture and not labels"))
    if values.size and (values.min() < 0 or values.max() > UNLABELLED):
        raise FormatError(
            tr("it has values from {low} to {high}, which are no class numbers").format(
                low=int(values.min()), high=int(values.max())
            )
        )
    return values.astype(np.uint8)


def _laid_like(nibabel: Any, labels: NDArray[np.uint8], volume: Any, image: Any) -> NDArray[np.uint8]:
    """The labels along the image's axes.

    Raises:
        FormatError: they do not cover the image.
    """
    wanted = tuple(image.shape[:3])
    if labels.ndim < 3 or len(image.shape) < 3 or not _has_place(volume):
        if tuple(labels.shape[:3]) == wanted:
            return labels
        raise FormatError(_other_shape(labels.shape, wanted))
    laid, affine = _turned(nibabel, labels, volume, nibabel.io_orientation(image.affine))
    if tuple(laid.shape[:3]) != wanted:
        raise FormatError(_other_shape(laid.shape, wanted))
    corners = np.array(np.meshgrid(*([0, side - 1] for side in wanted), [1], indexing="ij")).reshape(4, -1)
    there = np.linalg.lstsq(image.affine, affine @ corners, rcond=None)[0]
    if np.abs(there - corners).max() > _OFF:
        raise FormatError(tr("it lies elsewhere in the body than its image"))
    return laid


def _turned(
    nibabel: Any, labels: NDArray[np.uint8], volume: Any, wanted: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The labels along other axes, and their affine there."""
    with foreign(Path(volume.get_filename())):
        turn = nibabel.orientations.ornt_transform(nibabel.io_orientation(volume.affine), wanted)
        laid = nibabel.apply_orientation(labels, turn)
        return laid, volume.affine @ nibabel.orientations.inv_ornt_aff(turn, labels.shape[:3])


def _has_place(volume: Any) -> bool:
    """Whether a header says where the voxels lie; some programs leave it out."""
    header = volume.header
    try:
        return bool(header["sform_code"] > 0 or header["qform_code"] > 0)
    except (KeyError, ValueError):
        return False


def _other_shape(shape: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    return tr("it has {voxels} voxels, but its image has {others}").format(
        voxels=" x ".join(map(str, shape)), others=" x ".join(map(str, wanted))
    )


def _is_nifti(path: Path) -> bool:
    return path.name.lower().endswith(_ENDINGS)


def _pairs(path: Path) -> list[Pair]:
    return find_pairs(path) or alone(path)
