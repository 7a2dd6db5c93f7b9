"""All export formats in one table; dialogs and the command line are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.errors import FormatError
from segdesk.core.translation import tr
from segdesk.formats import (
    areas,
    cellpose,
    coco,
    dicom_seg,
    geojson,
    images,
    instances,
    isat,
    labelme,
    measurements,
    model,
    nifti,
    rootpainter,
    training_folder,
    voc,
    yolo,
)
from segdesk.formats.items import Writer
from segdesk.formats.optional import DICOM, NIFTI


@dataclass(frozen=True)
class ExportFormat:
    """A format by its name on the command line, its title and description for people, and its writer.

    needs_labels: it is about samples, so there must be some that are labelled.
    loses: what it cannot hold, in a few words; "" where it holds all.
    reader: the format by which it is read back, by its name among the import formats; "" for none.
    needs: the library that writes it, and what that is installed by; "" where nothing more is needed.
    """

    name: str
    title: str
    description: str
    write: Writer
    needs_labels: bool = True
    loses: str = ""
    reader: str = ""
    needs: tuple[str, str] = ("", "")


def export_formats() -> dict[str, ExportFormat]:
    """The formats by name, in the order in which they are offered, in the language in use."""
    formats = (
        ExportFormat(
            "class-png",
            tr("Class-index PNG"),
            tr("One gray PNG an image; each pixel holds the index of its class."),
            images.class_index,
            loses=tr("objects of a class that touch."),
            reader="images",
        ),
        ExportFormat(
            "binary-png",
            tr("Black-and-white PNG"),
            tr("One PNG an image and class: 255 inside, 0 outside."),
            images.binary,
            loses=tr("objects of a class that touch."),
            reader="binary-png",
        ),
        ExportFormat(
            "overlay",
            tr("Colour overlay"),
            tr("The images with the classes drawn over them, to look at."),
            images.overlay,
            loses=tr("labels; it is a picture."),
        ),
        ExportFormat(
            "cutout",
            tr("Cut-out with transparency"),
            tr("The images with a see-through background."),
            images.cutout,
            loses=tr("classes; only the background is told from the rest."),
        ),
        ExportFormat(
            "coco",
            tr("COCO JSON"),
            tr("One file for all images, each connected object as an annotation (RLE)."),
            coco.coco,
            reader="coco",
        ),
        ExportFormat(
            "coco-polygons",
            tr("COCO JSON with polygons"),
            tr("As before, with outlines instead of runs, for programs that read no runs."),
            coco.coco_polygons,
            loses=tr("holes, which are filled."),
            reader="coco",
        ),
        ExportFormat(
            "labelme",
            tr("labelme JSON"),
            tr("A file an image: polygons, and masks where a polygon would not be exact."),
            labelme.labelme,
            reader="labelme",
        ),
        ExportFormat(
            "xanylabeling",
            tr("X-AnyLabeling JSON"),
            tr("A file an image with polygons; a slit leads into each hole."),
            labelme.xanylabeling,
            loses=tr("a hole but by a slit, which can cost a few pixels."),
            reader="xanylabeling",
        ),
        ExportFormat(
            "isat",
            tr("ISAT JSON"),
            tr("A file an image, and isat.yaml; holes lie as background on a higher layer."),
            isat.isat,
            reader="isat",
        ),
        ExportFormat(
            "yolo",
            tr("YOLO segmentation"),
            tr("A text file an image, the images as PNG, and data.yaml."),
            yolo.yolo,
            loses=tr("a hole but by a slit, which can cost a few pixels."),
            reader="yolo",
        ),
        ExportFormat(
            "voc",
            tr("Pascal VOC"),
            tr("Palette pictures of classes and of objects, the images as JPEG, and lists of names."),
            voc.voc,
            loses=tr("images but as JPEG; the masks are exact."),
            reader="voc",
        ),
        ExportFormat(
            "geojson",
            tr("GeoJSON (QuPath)"),
            tr("A file an image; outlines along the pixels, with holes and parts."),
            geojson.geojson,
            loses=tr("the size of the image."),
            reader="geojson",
        ),
        ExportFormat(
            "instances-png",
            tr("16-bit PNG of objects"),
            tr("Each pixel holds the number of its object; a table names the classes."),
            instances.instance_png,
            loses=tr("more than 65535 objects an image."),
            reader="instances",
        ),
        ExportFormat(
            "instances-tiff",
            tr("Label TIFF of objects"),
            tr("For ilastik, napari and Cellpose: the number of its object in each pixel."),
            instances.instance_tiff,
            reader="instances",
        ),
        ExportFormat(
            "cellpose",
            tr("Cellpose (_seg.npy)"),
            tr("A file an image that Cellpose opens beside it."),
            cellpose.cellpose,
            loses=tr("classes; objects of all of them are alike."),
            reader="cellpose",
        ),
        ExportFormat(
            "rootpainter",
            tr("RootPainter annotations and segmentations"),
            tr("A folder a class; red and green for what was corrected, blue for what there is."),
            rootpainter.rootpainter,
            loses=tr("several classes in one picture."),
        ),
        ExportFormat(
            "npz",
            tr("NumPy arrays (.npz)"),
            tr("A file an image: class indices, objects, and the names of the classes."),
            instances.npz,
            reader="npz",
        ),
        ExportFormat(
            "nifti",
            tr("NIfTI label volumes"),
            tr("A volume a file with all of its pages, in the place of its image; 255 is not labelled."),
            nifti.nifti,
            loses=tr("objects of a class that touch."),
            reader="nifti",
            needs=NIFTI,
        ),
        ExportFormat(
            "dicom-seg",
            tr("DICOM segmentation"),
            tr("A file a series, with references to its images; each class is a segment."),
            dicom_seg.dicom_seg,
            loses=tr("objects of a class that touch."),
            reader="dicom-seg",
            needs=DICOM,
        ),
        ExportFormat(
            "training",
            tr("Training folder"),
            tr("Images and masks of the same names, and lists for training and validation."),
            training_folder.training_folder,
            loses=tr("objects of a class that touch."),
            reader="images",
        ),
        ExportFormat(
            "csv",
            tr("Table of areas (CSV)"),
            tr("Pixels and share of each class in each image."),
            areas.areas,
        ),
        ExportFormat(
            "measurements",
            tr("Measurements of objects (CSV)"),
            tr("A row an object: area, perimeter, axes, solidity, intensities and more."),
            measurements.measurements,
        ),
        ExportFormat(
            "model",
            tr("Model"),
            tr("The model version in use as a safetensors file."),
            model.model,
            needs_labels=False,
        ),
    )
    return {entry.name: entry for entry in formats}


def export_format(name: str) -> ExportFormat:
    """The format of this name.

    Raises:
        FormatError: there is none.
    """
    formats = export_formats()
    if name not in formats:
        raise FormatError(
            tr("There is no export format named {name}; choose one of {names}.").format(
                name=name, names=", ".join(formats)
            )
        )
    return formats[name]
