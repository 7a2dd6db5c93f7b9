"""The engine in a process of its own: the same results, cancelled at once, and its death survived."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from segdesk.core.errors import ImageError, LearningError, ModelError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import (
    ModelChoice,
    ModelFacts,
    PredictItem,
    PredictRequest,
    TrainRequest,
    TrainSample,
    run,
)
from segdesk.core.loop import DEFAULT_RECIPE
from segdesk.core.mask import Mask, PackedMask
from segdesk.core.translation import use_language
from segdesk.nn.child import ChildEngine
from tests.nn import counting
from tests.nn.foreign.originals import Original, milesial

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine() -> Iterator[ChildEngine]:
    engine = ChildEngine()
    yield engine
    engine.close()


@pytest.fixture
def request_(tmp_path: Path) -> TrainRequest:
    """A square to learn, in two steps."""
    labels = np.zeros((64, 64), np.uint8)
    labels[16:48, 16:48] = 1
    Image.fromarray(labels * 200).save(tmp_path / "a.png")
    mask = Mask(labels, np.ones_like(labels))
    sample = TrainSample(1, ImageSource(tmp_path / "a.png"), PackedMask.pack(mask), True, False)
    return TrainRequest(
        samples=(sample,),
        classes=("background", "square"),
        start=ModelChoice(network="unet"),
        baseline=None,
        out=tmp_path / "out.safetensors",
        steps=2,
        device="cpu",
    )


def test_a_model_file_is_described_without_torch_in_the_parent(
    engine: ChildEngine, request_: TrainRequest
) -> None:
    run(engine.train(request_))
    facts = engine.describe_model(request_.out)
    assert facts == ModelFacts("unet", ("background", "square"))
    with pytest.raises(ModelError, match="no model"):
        engine.describe_model(request_.out.with_name("nowhere.safetensors"))


def test_a_checkpoint_is_converted_in_the_child(engine: ChildEngine, tmp_path: Path) -> None:
    made = Original()
    milesial(4, 1, learned=True)(made, torch.zeros(1, 3, 32, 32))
    torch.save(made.state, tmp_path / "theirs.pth")
    facts = engine.convert_model(
        tmp_path / "theirs.pth", tmp_path / "m.safetensors", ("background", "square")
    )
    assert facts == ModelFacts("unet", ("background", "square"))
    assert engine.describe_model(tmp_path / "m.safetensors") == facts
    with pytest.raises(ModelError, match="no model"):
        engine.convert_model(tmp_path / "nowhere.pth", tmp_path / "m.safetensors", ("background",))


def test_training_and_predicting_go_through_the_pipe(engine: ChildEngine, request_: TrainRequest) -> None:
    result = run(engine.train(request_))
    assert result.accepted
    assert request_.out.is_file()
    predict = PredictRequest(request_.out, (PredictItem(7, request_.samples[0].source),), "cpu")
    found = [p for p in engine.predict(predict) if getattr(p, "prediction", None) is not None]
    assert [p.prediction.sample_id for p in found] == [7]  # type: ignore[attr-defined]


def test_it_tells_what_there_is(engine: ChildEngine) -> None:
    assert engine.networks()[0].name == "unet"
    assert engine.devices()[-1].name == "cpu"
    assert engine.recipes()[0].name == DEFAULT_RECIPE


def test_a_cancelled_round_leaves_no_file_and_the_next_job_works(
    engine: ChildEngine, request_: TrainRequest
) -> None:
    job = engine.train(replace(request_, steps=100_000))
    next(job)
    job.close()
    assert not request_.out.exists()
    assert run(engine.train(request_)).accepted


def test_a_sentence_comes_through(engine: ChildEngine, request_: TrainRequest) -> None:
    request_.samples[0].source.path.unlink()
    with pytest.raises(ImageError, match=r"a\.png"):
        run(engine.train(request_))
    with pytest.raises(ModelError):
        run(engine.predict(PredictRequest(request_.out, (), "cpu")))


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_child_is_told_and_the_next_job_works(engine: ChildEngine, request_: TrainRequest) -> None:
    job = engine.train(replace(request_, steps=100_000))
    next(job)
    process = engine._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(LearningError, match="ended early"):
        run(job)
    assert run(engine.train(request_)).accepted


def test_closing_while_the_child_is_still_loading(request_: TrainRequest) -> None:
    engine, ended = ChildEngine(), []

    def ask() -> None:
        with pytest.raises(LearningError):
            run(engine.train(request_))
        ended.append(True)

    thread = threading.Thread(target=ask)
    thread.start()
    while engine._process is None:  # it is being started by the thread
        thread.join(0.01)
    engine.close()
    engine.close()
    thread.join(60)
    assert ended == [True]
    with pytest.raises(LearningError):
        engine.networks()


@pytest.fixture(scope="module")
def counter() -> Iterator[ChildEngine]:
    """A child that counts its steps in the request's `out`, and needs no torch."""
    engine = ChildEngine("tests.nn.counting")
    yield engine
    engine.close()


def test_the_child_speaks_the_language_of_its_parent() -> None:
    use_language("de_DE")
    engine = ChildEngine("tests.nn.counting")
    try:
        assert run(engine._drive("language")) == "de_DE"
    finally:
        engine.close()
        use_language("en")


def test_a_job_of_which_nothing_is_asked_computes_nothing(
    counter: ChildEngine, request_: TrainRequest
) -> None:
    job = counter.train(replace(request_, steps=400))
    for number in range(1, 200):
        assert next(job).figures["n"] == number
        # It may have prepared one more; had it gone on by itself, it would be at the end long since.
        assert counting.steps_in(request_.out) <= number + 1
    steps: object = run(job)  # and it goes on where it was
    assert steps == 400


def test_a_paused_job_can_be_cancelled(counter: ChildEngine, request_: TrainRequest) -> None:
    job = counter.train(replace(request_, steps=400))
    next(job)
    job.close()
    assert request_.out.read_bytes().endswith(b"end")
    assert counting.steps_in(request_.out) <= 2
    request_.out.unlink()
    steps: object = run(counter.train(replace(request_, steps=3)))
    assert steps == 3


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_the_death_of_a_paused_child_is_told_when_it_is_to_go_on(
    counter: ChildEngine, request_: TrainRequest
) -> None:
    job = counter.train(replace(request_, steps=400))
    next(job)
    process = counter._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with pytest.raises(LearningError, match="ended early"):
        run(job)


def test_what_says_nothing_new_is_not_all_sent_but_what_matters_is(
    counter: ChildEngine, tmp_path: Path
) -> None:
    sent = list(counter.predict(PredictRequest(tmp_path, ())))
    assert len(sent) < counting.QUIET_STEPS / 2
    assert [p.strip.shape for p in sent if p.strip is not None] == [(4, 12, 3)]


def test_a_child_that_cannot_be_started_is_told_of_and_started_the_next_time(
    request_: TrainRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ChildEngine("tests.nn.counting")

    def full(process: BaseProcess) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    with monkeypatch.context() as patch:
        patch.setattr(BaseProcess, "start", full)
        with pytest.raises(LearningError, match=r"Cannot allocate memory.*close other programs"):
            next(engine.train(request_))
    job = engine.train(request_)
    next(job)
    job.close()
    engine.close()
