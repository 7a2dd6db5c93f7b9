"""Learning from corrections, a round or until it stops rising; the loop reads from top to bottom."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import torch
from torch import Tensor

from segdesk.core.errors import LearningError
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult
from segdesk.core.translation import tr
from segdesk.nn import devices, faults, gate, model_file, recipes, starters
from segdesk.nn.anchors import renew
from segdesk.nn.average import Average
from segdesk.nn.checkpoint import Anchors, Chance, Checkpoint, Part, fingerprint
from segdesk.nn.clock import Clock, counted
from segdesk.nn.device_sampling import Batches, batches
from segdesk.nn.exam import Exam, Examiner
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.material import BLANK, Material, gather
from segdesk.nn.memory import kept
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, freeze, place
from segdesk.nn.plateau import Plateau
from segdesk.nn.preparation import PLAIN
from segdesk.nn.recipes import Recipe
from segdesk.nn.reports import Reports, seconds_of_a_tile
from segdesk.nn.running_statistics import RunningStatistics
from segdesk.nn.sampling import Sampler
from segdesk.nn.schedule import Renewals, rate
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.strip import Strips

SECONDS_CPU, SECONDS_GPU = 45.0, 10.0  # a round for which nobody set a budget

_READING = 0.25  # share of the time after which no more confirmed samples are read
_EXAM = 0.03  # share of the time that one examination may take
_RENEWAL = 0.03  # share of the time that renewing the anchor may take, each time
_STATISTICS = 0.03  # share of the time that measuring what the network's layers see may take, each time
_TILES = 64  # predicted for each of these where nobody counts the seconds
_EXAMINE_EVERY = 4  # steps for each tile of an examination, so that it takes about a tenth of the time
_EXAMINE_LEAST = 50  # steps from one examination to the next
_ASTRAY = 8  # steps without a loss that are borne


@faults.guarded
def train(request: TrainRequest, recipe: Recipe | None = None) -> Job[TrainResult]:
    """Learn from the samples of a request and put the outcome before the gate.

    Yields Progress after nearly every step, a few times a second with loss and held-out Dice as figures, and
    now and then a Preview of the request's view. The model file is written only if the gate accepts it. With
    a budget of steps the outcome depends on the seed alone; with one of seconds, examinations are within the
    budget, and what passes while the job is not asked for its next step is not.

    A thorough training examines a running average of the weights on what is held out, lowers the rate and
    then stops once that figure rises no more, and goes to the gate with the weights that did best. With a
    checkpoint it goes on where it was interrupted; by steps, on one thread of the processor, as if it had
    never been.

    recipe: instead of the one that the request names.

    Raises:
        LearningError: there is nothing to learn from, the loss is no number any more, or there is no such
            recipe.
        FaultError: there is not enough memory, or the device fails.
        ImageError: not one of the images can be read.
        ModelError: a model file or the device cannot be used.
        SegdeskError: the model cannot be written.
    """
    recipe = recipe or recipes.named(request.recipe)
    device = devices.choose(request.device)
    seconds = request.seconds
    if seconds is None and request.steps is None and not request.thorough:
        seconds = _usual_seconds(device)
    clock = Clock(seconds, request.steps)
    with kept():
        return (yield from counted(_train(request, recipe, device, clock), clock))


def _train(request: TrainRequest, recipe: Recipe, device: torch.device, clock: Clock) -> Job[TrainResult]:
    torch.manual_seed(request.seed)
    rng = np.random.default_rng(request.seed)
    # Where it is a matter of minutes, preparing and examining are not cut short.
    hurry = None if request.thorough else clock.seconds
    source: Batches | None = None
    learner: Learner | None = None
    try:
        # What to start from, what to learn, and what to be judged by.
        trained = model_file.load(request.start.file, request.classes) if request.start.file else None
        if trained and trained[0].network == registry.OPAQUE:
            raise LearningError(
                tr("An ONNX model predicts but cannot learn; choose another network to begin with.")
            )
        channels = trained[0].in_channels if trained else None
        normalisation = trained[0].normalisation if trained else recipe.normalisation
        reading = Progress(None, tr("Reading the samples"), clock.seconds)
        patience = None if hurry is None else _READING * hurry
        preparation = trained[0].preparation if trained else PLAIN
        material = yield from gather(request, channels, normalisation, rng, patience, preparation)
        pieces = material.pieces
        spec, network = trained or _fresh(request, material, recipe)
        # A starter knows what images look like, and nothing yet of what this project calls what.
        knows = trained is not None and not model_file.is_starter(request.start.file)
        identity = _identity(request, recipe, spec, network, material)
        learner = Learner(
            network,
            Plan(recipe.batch, recipe.crop, device),
            recipe.decay,
            loss=recipe.loss,
            optimiser=recipe.optimiser,
        )
        tile_seconds = seconds_of_a_tile(network, spec)
        most = _tiles_within(_RENEWAL, hurry, tile_seconds)
        if knows:
            yield from renew(pieces, network, rng, reading, most=most, roles=(BLANK,))
        examiner = Examiner(pieces, _tiles_within(_EXAM, hurry, tile_seconds))
        base, before = yield from _baseline(request, spec, device, examiner, clock)

        # How to learn, when to stop, and what to keep and to show on the way.
        taught = tuple(piece for piece in pieces if not piece.held)
        sample = partial(
            Sampler,
            pieces,
            anchor=recipe.anchor,
            blank=recipe.blank,
            shading=recipe.shading,
            focus=recipe.focus,
            zoom=recipe.zoom,
            turns=recipe.turns,
        )
        looks = _tiles_within(_STATISTICS, hurry, tile_seconds)
        statistics = RunningStatistics(sample, recipe.crop, looks, request.seed)
        statistics.fix(network)
        # Elsewhere than on the processor it may work on another thread.
        sampler = sample(rng if device.type == "cpu" else rng.spawn(1)[0])
        source = batches(sampler, taught, device)
        peak = recipe.rate_on if knows else recipe.rate
        held = examiner.quick(_TILES)
        notes = [material.note]
        plateau = average = None
        if request.thorough and held.tiles:
            lowered = recipe.schedule != "constant"
            plateau = Plateau(max(_EXAMINE_LEAST, _EXAMINE_EVERY * held.tiles), lowerings=2 if lowered else 0)
            average = Average(network) if lowered else None
        elif clock.open_ended:
            clock.seconds = _usual_seconds(device)
            notes.append(tr("Too little is corrected to see when it stops rising, so it was a short round."))
        shown = average.network if average else network
        reports = Reports(request, spec, shown, None if plateau else examiner.quick(2), tile_seconds)
        strips = Strips(request.strips, pieces)
        parts: dict[str, Part] = {
            "anchors": Anchors(pieces),  # before the batches, which may hold copies of them
            "batches": source,
            "learner": learner,
            "chance": Chance(rng),
            "reports": reports,
        }
        parts |= {"plateau": plateau} if plateau else {}
        parts |= {"average": average} if average else {}
        checkpoint = Checkpoint(request.checkpoint, identity, parts, clock)
        reserve = 1.2 * tile_seconds * examiner.tiles + (0.01 + _STATISTICS) * (clock.seconds or 0.0)
        clock.learn_now(reserve)
        notes.append(checkpoint.resume())
        strips.begin(clock.done)
        renewals = Renewals(recipe, clock, open_ended=plateau is not None)
        astray = 0  # steps without a loss, one after the other

        while (clock.fraction < 1.0 or not clock.done) and not (plateau and plateau.ended):
            batch = source.batch(learner.plan.batch, learner.plan.crop)
            loss = learner.step(batch, rate(recipe, peak, clock, plateau))
            if loss is None:
                continue
            clock.done += 1
            # In half precision, a step whose figures overflow is left out, and the next one is well again.
            astray = 0 if math.isfinite(loss) else astray + 1
            if astray:
                if astray > _ASTRAY or clock.fraction >= 1.0:
                    raise LearningError(
                        tr(
                            "Learning went astray after {steps} steps, so the model stays as it was; look for"
                            " images with extreme values, or start from another version."
                        ).format(steps=clock.done - astray)
                    )
                continue
            if average:
                average.follow(network)
            if renewals.due():
                yield from renew(pieces, shown, rng, clock.progress(tr("Learning")), most=most)
                source.renewed()
            examined = None
            if plateau and plateau.due(clock.done):
                exam = yield from held.examine(shown, clock.progress(tr("Learning")))
                examined = exam.held or 0.0
                plateau.hear(examined, shown.state_dict())
            strip = strips.make_if_due(clock.done, shown)
            try:
                yield from reports.after_step(clock, loss, examined, strip)
            except GeneratorExit:  # stopped by a person, who may want to go on from here
                checkpoint.keep()
                raise
            checkpoint.keep_if_due()

        if clock.fell_short:
            text = tr(
                "There was time for few steps ({steps}): give rounds more seconds, or close other programs."
            )
            notes.append(text.format(steps=clock.done))
        checking = Progress(1.0, tr("Checking the result"), clock.seconds_left)
        if plateau:
            exam = yield from held.examine(shown, checking)
            plateau.hear(exam.held or 0.0, shown.state_dict())
            network.load_state_dict(plateau.weights)
        verdict = yield from gate.decide(freeze(network), base, before, examiner, checking, statistics.renew)
        if verdict.accepted:
            model_file.save(request.out, spec, network.state_dict())
        checkpoint.remove()
        return TrainResult(
            accepted=verdict.accepted,
            before=before.held if before else None,
            after=verdict.exam.held,
            network=spec.network,
            figures={
                "loss": reports.loss,
                "steps": float(clock.done),
                "seconds": clock.elapsed,
                "share": verdict.share,
            },
            curve=tuple(reports.curve),
            note=" ".join(note for note in (*notes, learner.note, checkpoint.note, strips.note) if note),
            confirmed=verdict.exam.samples,
        )
    finally:
        if source is not None:
            source.close()
        if learner is not None:
            learner.close()
        devices.let_go(device)


def _usual_seconds(device: torch.device) -> float:
    return SECONDS_CPU if device.type == "cpu" else SECONDS_GPU


def _fresh(request: TrainRequest, material: Material, recipe: Recipe) -> tuple[NetworkSpec, Network]:
    spec = NetworkSpec(
        network=request.start.network or registry.DEFAULT,
        in_channels=material.pieces[0].image.channels,
        classes=request.classes,
        options=request.start.options,
        normalisation=recipe.normalisation,
    )
    return (spec, spec.build()) if request.start.bare else starters.begin(spec)


def _identity(
    request: TrainRequest, recipe: Recipe, spec: NetworkSpec, network: Network, material: Material
) -> str:
    """What tells a checkpoint of this training from one of another; nothing where none is kept.

    A budget that only bounds a thorough training may change from one time to the next.
    """
    if request.checkpoint is None:
        return ""
    budget = None if request.thorough else (request.seconds, request.steps)
    values = (spec.to_json(), recipe, request.seed, request.thorough, budget)
    return fingerprint(values, network.state_dict(), material.pieces)


def _baseline(
    request: TrainRequest, spec: NetworkSpec, device: torch.device, examiner: Examiner, clock: Clock
) -> Job[tuple[dict[str, Tensor] | None, Exam | None]]:
    """The weights in use, where the candidate starts from them, and how good they are."""
    if request.baseline is None:
        return None, None
    progress = Progress(0.0, tr("Looking at the version in use"), clock.seconds_left)
    base_spec, network = model_file.load(request.baseline, request.classes)
    place(freeze(network), device)
    before = yield from examiner.examine(network, progress)
    goes_on = request.start.file == request.baseline and base_spec == spec
    return (network.state_dict() if goes_on else None), before


def _tiles_within(share: float, seconds: float | None, tile_seconds: float) -> int:
    """How many tiles can be predicted in a share of the round; a fixed number where nobody counts seconds."""
    return _TILES if seconds is None else max(2, int(share * seconds / tile_seconds))
