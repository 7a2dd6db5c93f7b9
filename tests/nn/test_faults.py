"""What breaks in work: memory, devices, figures, files. A sentence each, and the next job works."""

from __future__ import annotations

import math
import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch

from segdesk.core.errors import FaultError, ImageError, LearningError, ModelError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import Job, Predicted, PredictItem, PredictRequest, TrainRequest, run
from segdesk.nn import devices, engine, tile_batches
from segdesk.nn.child import ChildEngine, ChildError
from segdesk.nn.fast import look
from segdesk.nn.learner import Learner
from segdesk.nn.networks.blocks import Network
from segdesk.nn.recipes import Recipe
from tests.nn import failing
from tests.nn.makers import request, sample

SMALL = Recipe(crop=48, batch=2)


@pytest.fixture
def asked(tmp_path: Path, start: Path) -> TrainRequest:
    """A round of three images that goes on from the model in use."""
    samples = tuple(sample(tmp_path, n, confirmed=n == 3) for n in (1, 2, 3))
    return request(tmp_path, samples, steps=6, baseline=start)


@pytest.fixture(scope="module")
def child() -> Iterator[ChildEngine]:
    child = ChildEngine("tests.nn.failing")
    yield child
    child.close()


def predictions(model: Path, asked: TrainRequest) -> dict[int, Predicted]:
    items = tuple(PredictItem(one.sample_id, one.source) for one in asked.samples)
    said = [p for p in engine.predict(PredictRequest(model, items, "cpu")) if isinstance(p, Predicted)]
    return {p.sample_id: p for p in said}


class TestLossThatIsNoNumber:
    @pytest.fixture
    def poisoned(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """From the steps listed here on, the loss and the weights are no numbers any more."""
        steps: list[int] = []
        whole, done = Learner._step, [0]

        def step(self: Learner, *args: object) -> float:
            done[0] += 1
            if steps and done[0] == steps[0]:
                with torch.no_grad():
                    next(self.network.parameters()).fill_(math.nan)
            return whole(self, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(Learner, "_step", step)
        return steps

    @pytest.mark.parametrize(("steps", "first"), [(6, 1), (6, 4), (6, 6), (40, 4)])
    def test_the_round_says_so_and_the_model_in_use_stays(
        self, asked: TrainRequest, start: Path, poisoned: list[int], steps: int, first: int
    ) -> None:
        poisoned.append(first)
        before = start.read_bytes()
        with pytest.raises(LearningError, match=f"astray after {first - 1} steps.*model stays"):
            run(engine.train(replace(asked, steps=steps), SMALL))
        assert start.read_bytes() == before
        assert not asked.out.exists()
        poisoned.clear()
        assert run(engine.train(asked, SMALL)).figures["steps"] == 6

    def test_its_checkpoint_is_of_before(
        self, asked: TrainRequest, tmp_path: Path, poisoned: list[int]
    ) -> None:
        """A long training that went astray can go on from where it was well."""
        poisoned.append(55)
        kept = replace(asked, steps=1000, checkpoint=tmp_path / "c.checkpoint")
        with pytest.raises(LearningError, match="astray"):
            run(engine.train(kept, SMALL))
        poisoned.clear()
        job = engine.train(kept, SMALL)
        said = next(p for p in job if "loss" in p.figures)
        job.close()
        assert math.isfinite(said.figures["loss"])

    def test_one_step_without_a_loss_is_borne(
        self, asked: TrainRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As in half precision, where a step that overflows is left out."""
        whole, done = Learner._step, [0]

        def step(self: Learner, *args: object) -> float:
            done[0] += 1
            return math.inf if done[0] == 2 else whole(self, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(Learner, "_step", step)
        assert math.isfinite(run(engine.train(asked, SMALL)).figures["loss"])

    @pytest.mark.parametrize("value", [math.nan, math.inf, 3e38, -1e20])
    def test_pixels_that_are_no_numbers_teach_and_predict(
        self, asked: TrainRequest, start: Path, tmp_path: Path, value: float
    ) -> None:
        pixels = np.random.default_rng(0).random((96, 96)).astype(np.float32)
        pixels[10:30, 10:30] = value
        tifffile.imwrite(tmp_path / "f.tif", pixels)
        odd = replace(asked.samples[0], source=ImageSource(tmp_path / "f.tif"))
        rest = replace(asked, samples=(odd, *asked.samples[1:]))
        assert math.isfinite(run(engine.train(rest, SMALL)).figures["loss"])
        assert predictions(start, rest)[odd.sample_id].prediction is not None


class TestMemory:
    @pytest.mark.parametrize(
        "error",
        [
            MemoryError(),
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
            RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
            RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
            RuntimeError("std::bad_alloc"),
        ],
        ids=lambda error: str(error)[:12],
    )
    def test_learning_takes_smaller_batches_first(
        self, asked: TrainRequest, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        whole, failed = Learner._step, [0]

        def step(self: Learner, batch: object, rate: float) -> float:
            if self.plan.batch > 1:
                failed[0] += 1
                raise error
            return whole(self, batch, rate)  # type: ignore[arg-type]

        monkeypatch.setattr(Learner, "_step", step)
        result = run(engine.train(asked, SMALL))
        assert failed == [1]
        assert "Memory was short" in result.note

    def test_what_the_processor_has_not_is_told(
        self, asked: TrainRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The real allocator is asked for more than any computer has, wherever it happens in a round."""
        from segdesk.nn import train as training

        def asks(*_: object) -> None:
            torch.empty(1 << 52, dtype=torch.uint8)

        with monkeypatch.context() as patched:
            patched.setattr(training, "seconds_of_a_tile", asks)
            with pytest.raises(FaultError, match="not enough memory") as caught:
                run(engine.train(asked, SMALL))
        assert "DefaultCPUAllocator" in caught.value.details
        assert run(engine.train(asked, SMALL)).figures["steps"] == 6

    @pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory.")])
    def test_an_image_too_large_to_predict_is_named_and_the_others_go_on(
        self, asked: TrainRequest, start: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        whole, alone = look, [0]

        def fails(network: Network, x: torch.Tensor) -> torch.Tensor:
            alone[0] += len(x) == 1
            if len(x) > 1 or alone[0] == 2:
                raise error
            return whole(network, x)

        monkeypatch.setattr(tile_batches, "look", fails)
        said = predictions(start, asked)
        assert "'2.png' needs more memory" in (said[2].error or "")
        assert said[1].prediction is not None
        assert said[3].prediction is not None


class TestVanishing:
    """An image is taken away between the asking and the doing."""

    def test_predicting(self, asked: TrainRequest, start: Path) -> None:
        items = tuple(PredictItem(one.sample_id, one.source) for one in asked.samples)
        job = engine.predict(PredictRequest(start, items, "cpu"))
        next(job)
        asked.samples[1].source.path.unlink()
        said = {p.sample_id: p for p in job if isinstance(p, Predicted)}
        assert "'2.png' is no longer" in (said[2].error or "")
        assert said[1].prediction is not None
        assert said[3].prediction is not None

    def test_learning(self, asked: TrainRequest) -> None:
        job = engine.train(asked, SMALL)
        next(job)
        for one in asked.samples[:2]:
            one.source.path.unlink()
        result = run(job)
        assert "2 samples were left out" in result.note
        assert "'1.png' is no longer" in result.note
        assert "'2.png' is no longer" in result.note

    def test_learning_from_nothing_that_is_left(self, asked: TrainRequest) -> None:
        for one in asked.samples:
            one.source.path.unlink()
        with pytest.raises(ImageError, match="is no longer"):
            run(engine.train(asked, SMALL))

    def test_the_model(self, asked: TrainRequest, start: Path, tmp_path: Path) -> None:
        job = engine.train(asked, SMALL)
        start.unlink()
        with pytest.raises(ModelError, match="no model"):
            run(job)


class TestDevices:
    def test_driver_errors_are_known_by_type_and_by_words(self) -> None:
        assert devices.failed(torch.AcceleratorError(failing.DRIVER))
        assert devices.failed(RuntimeError("CUDA error: device-side assert triggered"))
        assert not devices.failed(RuntimeError("shape '[3]' is invalid for input of size 4"))
        assert not devices.out_of_memory(RuntimeError("shape '[3]' is invalid for input of size 4"))

    def test_a_fault_keeps_its_report_on_the_way_to_another_process(self) -> None:
        fault = pickle.loads(pickle.dumps(FaultError("It broke.", "Traceback ...")))
        assert (str(fault), fault.details) == ("It broke.", "Traceback ...")


@pytest.mark.parametrize(
    ("what", "words", "cause"),
    [
        (1, "not enough memory", "can't allocate memory"),
        (2, "not enough memory", "Tried to allocate 20.00 GiB"),
        (3, "driver failed", "unspecified launch failure"),
        (4, "driver failed", "CUDNN_STATUS_EXECUTION_FAILED"),
    ],
)
def test_a_fault_is_a_sentence_with_a_report(asked: TrainRequest, what: int, words: str, cause: str) -> None:
    with pytest.raises(FaultError, match=words) as caught:
        run(failing.train(replace(asked, steps=what)))
    assert cause in caught.value.details
    assert "failing.py" in caught.value.details


@pytest.mark.slow
def test_after_a_fault_or_a_mistake_the_next_job_has_a_fresh_process(
    child: ChildEngine, asked: TrainRequest, start: Path
) -> None:
    """A device that failed once fails again in the same process."""
    with pytest.raises(FaultError, match="driver failed") as caught:
        run(child.train(replace(asked, steps=3)))
    assert "unspecified launch failure" in caught.value.details
    assert child._process is None
    result: object = run(child.train(replace(asked, steps=0)))
    assert result == 0
    with pytest.raises(ChildError, match="must match the size"):
        run(child.train(replace(asked, steps=5)))
    with pytest.raises(FaultError, match="not enough memory"):  # a plain call, which nobody guards
        child.describe_model(start)


def test_a_job_that_failed_leaves_no_thread(asked: TrainRequest, start: Path) -> None:
    before = threading.active_count()
    items = (PredictItem(1, asked.samples[0].source),)
    job: Job[None] = engine.predict(PredictRequest(start, items, "cpu"))
    with pytest.raises(FaultError):
        for _ in job:
            job.throw(RuntimeError("CUDA error: an illegal memory access was encountered"))
    assert threading.active_count() == before
