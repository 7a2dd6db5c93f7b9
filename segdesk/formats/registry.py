"""All export formats in one table; dialogs and the command line are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.errors import FormatError
from segdesk.core.translation import tr
from segdesk.formats import areas, coco, images, model
from segdesk.formats.items import Writer


@dataclass(frozen=True)
class ExportFormat:
    """A format by its name on the command line, its title and description for people, and its writer.

    needs_labels: it is about samples, so there must be some that are labelled.
    """

    name: str
    title: str
    description: str
    write: Writer
    needs_labels: bool = True


def export_formats() -> dict[str, ExportFormat]:
    """The formats by name, in the order in which they are offered, in the language in use."""
    formats = (
        ExportFormat(
            "class-png",
            tr("Class-index PNG"),
            tr("One gray PNG an image; each pixel holds the index of its class."),
            images.class_index,
        ),
        ExportFormat(
            "binary-png",
            tr("Black-and-white PNG"),
            tr("One PNG an image and class: 255 inside, 0 outside."),
            images.binary,
        ),
        ExportFormat(
            "overlay",
            tr("Colour overlay"),
            tr("The images with the classes drawn over them, to look at."),
            images.overlay,
        ),
        ExportFormat(
            "cutout",
            tr("Cut-out with transparency"),
            tr("The images with a see-through background."),
            images.cutout,
        ),
        ExportFormat(
            "coco",
            tr("COCO JSON"),
            tr("One file for all images, each connected object as an annotation (RLE)."),
            coco.coco,
        ),
        ExportFormat(
            "csv",
            tr("Table of areas (CSV)"),
            tr("Pixels and share of each class in each image."),
            areas.areas,
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
