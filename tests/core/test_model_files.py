"""Which files are SegDesk's own models, found out without loading them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segdesk.core.project.model_files import is_foreign


def safetensors(path: Path, metadata: object) -> Path:
    header = json.dumps({"__metadata__": metadata} if metadata is not None else {}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return path


def test_only_our_description_makes_a_model_ours(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    assert not is_foreign(safetensors(path, {"segdesk": "{}"}))
    for metadata in ({"format": "pt"}, {}, None, 5):
        assert is_foreign(safetensors(path, metadata))
    assert is_foreign(tmp_path / "m.pth")
    assert not is_foreign(safetensors(tmp_path / "M.SAFETENSORS", {"segdesk": "{}"}))


@pytest.mark.parametrize(
    "data", [b"", b"poetry", b"\xff" * 40, bytes(8), (5).to_bytes(8, "little") + b"[1,2]"]
)
def test_what_is_no_model_is_not_for_converting(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(data)
    assert not is_foreign(tmp_path / "m.safetensors")
    assert not is_foreign(tmp_path / "nowhere.safetensors")
