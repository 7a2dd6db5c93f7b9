"""Tests of the networks' room run on one thread: their networks are too small to share."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)
from segdesk.nn import model_file
from tests.nn.makers import tiny_spec

torch.set_num_threads(1)


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A tiny model with fresh weights, to go on from."""
    torch.manual_seed(0)
    path = tmp_path / "start.safetensors"
    model_file.save(path, tiny_spec(), tiny_spec().build().state_dict())
    return path
