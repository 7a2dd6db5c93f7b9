"""What SegDesk knows about images, masks and projects; no Qt and no torch in here."""

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.get(name) for name in _QT_VARIABLES}

import cv2  # noqa: E402, F401  (imported here first, so that what it does to Qt is undone at once)

# On Linux, opencv-python points Qt at plug-ins and fonts of a Qt 5 of its own, and no window would open.
for _name, _value in _before.items():
    if _value is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _value
