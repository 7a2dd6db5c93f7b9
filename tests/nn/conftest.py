"""Tests of the networks' room run on one thread: their networks are too small to share."""

from __future__ import annotations

import torch

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)

torch.set_num_threads(1)
