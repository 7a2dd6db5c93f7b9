"""A Python that is too old is told so, or replaced by a newer one."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest
import python_version

SCRIPTS = Path(python_version.__file__).parent


@pytest.mark.parametrize("name", ["run.py", "test.py", "python_version.py"])
def test_what_an_old_python_reads_parses_there(name: str) -> None:
    source = (SCRIPTS / name).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {
        word.split(".")[0]
        for node in tree.body
        for word in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    # At its top level: anything else there would be parsed before the version is looked at.
    assert imported <= {*sys.stdlib_module_names, "python_version"} - {"tomllib"}


@pytest.mark.parametrize(
    ("version", "enough"),
    [((3, 8), False), ((3, 10), False), ((3, 11), True), ((3, 14), True), ((4, 0), True)],
)
def test_which_versions_are_new_enough(version: tuple[int, int], enough: bool) -> None:
    assert python_version.is_new_enough(version) is enough


def test_the_sentence_names_both_versions() -> None:
    sentence = python_version.too_old_message((3, 8))
    assert "3.11 or newer" in sentence
    assert "3.8" in sentence


@pytest.mark.skipif(os.name == "nt", reason="shims are shell scripts")
def test_a_newer_python_is_found_behind_shims_that_lead_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert python_version.find_newer() is None
    _shim(tmp_path / "python3.11", "echo no such version >&2; exit 127")
    _shim(tmp_path / "python3.12", "echo 3 9 /usr/bin/python3.9")
    assert python_version.find_newer() is None
    _shim(tmp_path / "python3.13", "echo '3 13 /opt/new python/bin/python3.13'")
    assert python_version.find_newer() == ["/opt/new python/bin/python3.13"]


def _shim(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
