"""The script with which an exported ONNX file is used where SegDesk is not installed."""

from __future__ import annotations

from pathlib import Path

_SCRIPT = '''"""Segment an image: python segment.py IMAGE [MASK.png] (needs numpy, pillow and onnxruntime)"""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image


def prepare(image, channels, recipe):
    """From (H, W) or (H, W, 3) of 8 bits to (1, channels, H, W) as the network has learned to read it."""
    x = np.atleast_3d(image)[..., :channels].astype(np.float32)
    if x.shape[2] < channels:
        x = np.repeat(x[..., :1], channels, axis=2)
    flat = x.reshape(-1, channels)
    colour = np.minimum(np.arange(channels), 2)
    mean, deviation = np.array([0.485, 0.456, 0.406])[colour], np.array([0.229, 0.224, 0.225])[colour]
    low, high = np.percentile(flat, (1, 99), axis=0)
    centre, spread = {
        "channel": (flat.mean(0), flat.std(0)),
        "image": (flat.mean(), flat.std()),
        "percentile": ((low + high) / 2, (high - low) / 4),
        "range": (0.0, 255.0),
        "half": (127.5, 127.5),
        "imagenet": (mean * 255, deviation * 255),
        "imagenet-max": (mean * flat.max(), deviation * flat.max()),
    }[recipe]
    x = np.clip((x - centre) / np.maximum(spread, 1e-6), -10, 10)
    return np.ascontiguousarray(x.transpose(2, 0, 1)[None], np.float32)


def fit(image, recipe):
    """The image in the colours and size that the network reads, and the box in which it lies there."""
    if recipe["color"] == "bgr" and image.mode == "RGB":
        image = Image.merge("RGB", image.split()[::-1])
    width, height = image.size
    wide, tall = recipe["width"], recipe["height"]
    if recipe["size"] == "any":
        return image, (0, 0, width, height)
    if recipe["size"] == "scale":
        wide, tall = max(1, int(width * recipe["scale"])), max(1, int(height * recipe["scale"]))
    how = {"bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}.get(recipe["filter"], Image.BILINEAR)
    if recipe["size"] != "letterbox":
        return image.resize((wide, tall), how), (0, 0, wide, tall)
    scale = min(wide / width, tall / height)
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    left, top = (wide - width) // 2, (tall - height) // 2
    framed = Image.new(image.mode, (wide, tall), "#808080")
    framed.paste(image.resize((width, height), how), (left, top))
    return framed, (left, top, left + width, top + height)


def restore(probabilities, box, size, recipe):
    """(classes, h, w) of the fitted image as (classes, H, W) of the image itself."""
    left, top, right, bottom = box
    planes = probabilities[:, top:bottom, left:right]
    if recipe["output"] == "saliency":
        low, high = probabilities[1].min(), probabilities[1].max()
        planes = np.stack([high - planes[1], planes[1] - low]) / max(high - low, 1e-8)
    planes = [Image.fromarray(np.ascontiguousarray(plane)) for plane in planes]
    return np.stack([np.asarray(plane.resize(size, Image.BILINEAR)) for plane in planes])


def main():
    session = onnxruntime.InferenceSession(FILE)
    about = session.get_modelmeta().custom_metadata_map
    image = Image.open(sys.argv[1])
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    recipe = json.loads(about["segdesk"])["preparation"]
    fitted, box = fit(image, recipe)
    x = prepare(np.asarray(fitted), session.get_inputs()[0].shape[1], about["normalisation"])
    (probabilities,) = session.run(None, {"image": x})
    mask = restore(probabilities[0], box, image.size, recipe).argmax(0).astype(np.uint8)
    for index, name in enumerate(json.loads(about["classes"])):
        print(index, name, f"{(mask == index).mean():.1%}")
    Image.fromarray(mask).save(sys.argv[2] if len(sys.argv) > 2 else "mask.png")


if __name__ == "__main__":
    main()
'''


def onnx_usage(file: Path) -> str:
    """A Python script that segments an image with this file, for a person to keep and to change."""
    return _SCRIPT.replace("FILE", repr(str(file)))
