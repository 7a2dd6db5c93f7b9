"""Which files of a folder are images, in the order a person expects."""

from __future__ import annotations

import os
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images.failures import unreachable
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr

SUPPORTED_SUFFIXES = (
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".tif", ".tiff", ".bmp", ".dib", ".webp",
    ".gif", ".avif", ".avifs", ".jp2", ".j2k", ".pgm", ".ppm", ".pbm", ".pnm", ".pfm", ".ico", ".icns",
    ".psd", ".pcx", ".dds", ".sgi", ".qoi", ".fits", ".dcm", ".dicom", ".nii", ".nii.gz", ".heic", ".heif",
)  # fmt: skip
"""How the names of images end, in lower case: for lists and dialogs, while opening looks at the content."""


def list_images(folder: Path) -> list[Path]:
    """The paths of `image_names`."""
    return [folder / name for name in image_names(folder)]


def image_names(folder: Path) -> list[str]:
    """The images in `folder` itself, by their names' endings; "img2" before "img10", hidden files left out.

    Raises:
        ImageError: `folder` is missing, is not a folder, or may not be looked into.
    """
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name.lower().endswith(SUPPORTED_SUFFIXES)
                and entry.is_file()
            ]
    except NotADirectoryError as error:
        raise ImageError(
            tr("'{name}' is a file, not a folder. Choose the folder that it is in.").format(name=folder.name)
        ) from error
    except FileNotFoundError as error:
        raise ImageError(
            tr("The folder '{folder}' is gone. Put it back, or choose another one.").format(folder=folder)
        ) from error
    except PermissionError as error:
        raise ImageError(
            tr(
                "The folder '{folder}' may not be read. Change its permissions, or choose another one."
            ).format(folder=folder)
        ) from error
    except OSError as error:
        raise unreachable(folder, error) from error
    return sorted(names, key=natural_key)
