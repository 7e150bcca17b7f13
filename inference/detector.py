"""A verified model on a device: frames in, detections in fractions of the whole picture out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, permutations
from pathlib import Path
from typing import Literal

import numpy as np
from openvino import CompiledModel, Core, InferRequest, Layout, Model, PartialShape, Tensor, Type
from openvino.preprocess import ColorFormat, PrePostProcessor

from inference.best_class import with_best_class
from inference.decoders import decoder_for
from inference.decoders.decoder import ANY, Decoder
from inference.detections import Detections
from inference.errors import DeviceMissing, InferenceFailed, ModelRefused
from inference.frames import Frame, Pixels
from inference.manifest import Manifest, ModelInput
from inference.safety import refuse_other_input, refuse_outside_files, refuse_too_large
from inference.suppression import suppress

AUTO = "AUTO"
# The layers that take the time, and whose precision decides it.
_HEAVY_LAYERS = frozenset({"Convolution", "FullyConnected", "MatMul"})
_COLOURS = {"RGB": ColorFormat.RGB, "BGR": ColorFormat.BGR}
_ELEMENTS = {"u8": Type.u8, "f32": Type.f32}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a model really runs, as OpenVINO reports it after compiling: not what was asked for.

    Attributes:
        device: ``CPU``; several joined by ``+``.
        precision: of the layers that take the time, most frequent first: ``u8+bf16`` for an int8 model on a CPU that
            knows bf16.
    """

    device: str
    precision: str


class LookUnderWay:
    """A frame the device has been given. Used by the detector's thread; one ``answer`` each."""

    def __init__(self, detector: "Detector", request: InferRequest, frame: Frame) -> None:
        self._detector = detector
        self._request = request
        self._frame = frame

    def wait(self) -> None:
        """Wait until the device has done with the frame's pixels.

        Raises:
            InferenceFailed: there is no answer; never to be read as "nothing there".
        """
        try:
            self._request.wait()
        except RuntimeError as cause:
            raise self._detector.failed(cause) from cause

    def answer(self) -> Detections:
        """Return what stands in the frame.

        Raises:
            InferenceFailed: as for ``wait``.
        """
        self.wait()
        return self._detector.read(self._request, self._frame)


class Detector:
    """One compiled model. Used by one thread at a time.

    Args:
        manifest: the model's papers; its digests are checked before OpenVINO sees a byte.
        model: the model file.
        device: ``CPU``, ``GPU``, ``NPU`` or ``AUTO``.
        precision: ``f32`` for parity; ``None`` leaves it to the device (bf16 on many CPUs, scores about 0.02 off).
        cache: folder for compiled models; the second start then skips compiling.
        threads: most threads of a CPU; ``None`` leaves it to OpenVINO.
        hint: ``LATENCY`` for looks one by one, ``THROUGHPUT`` where several are under way: each takes longer, and on
            two cores there are half as many again.

    Raises:
        ModelRefused: the digest is wrong, OpenVINO cannot read it, or its shapes are not those of its manifest.
        DeviceMissing: there is no such device on this machine.
    """

    def __init__(
        self,
        manifest: Manifest,
        model: Path,
        *,
        device: str = AUTO,
        precision: str | None = None,
        cache: Path | None = None,
        threads: int | None = None,
        hint: Literal["LATENCY", "THROUGHPUT"] = "LATENCY",
    ) -> None:
        manifest.verify(model)
        refuse_outside_files(manifest, model)
        self.manifest = manifest
        self._decoder = decoder_for(manifest)
        self._groups = manifest.group_numbers()
        self._compiled = _compile(manifest, self._decoder, model, device, _options(precision, cache, threads, hint))
        # One more than the device works on at a time: it has the next when it ends one.
        self.most_under_way = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) + 1
        self._requests = cycle([self._compiled.create_infer_request() for _ in range(self.most_under_way + 1)])
        self._given: dict[int, Pixels] = {}  # what a request reads, which OpenVINO does not keep alive
        self.running = _running(self._compiled)

    def look(self, frame: Frame) -> Detections:
        """Return what stands in the frame.

        Raises:
            InferenceFailed: there is no answer; never to be read as "nothing there".
        """
        return self.begin(frame).answer()

    def begin(self, frame: Frame) -> LookUnderWay:
        """Give the device a frame, whose pixels must stay as they are until it is waited for.

        ``most_under_way`` frames keep the device busy, and one answer more may be read meanwhile; with another frame
        the oldest answer is lost.

        Raises:
            InferenceFailed: the device takes nothing.
        """
        request = next(self._requests)
        try:
            # Handed over as it is: what OpenVINO's dispatcher asks of each input costs more than the call.
            self._given[id(request)] = pixels = self._pixels(frame)
            request.set_input_tensor(Tensor(pixels, shared_memory=True))
            request.start_async()
        except RuntimeError as cause:
            raise self.failed(cause) from cause
        return LookUnderWay(self, request, frame)

    def _pixels(self, frame: Frame) -> Pixels:
        wanted = self.manifest.input
        if frame.size_px != (wanted.width, wanted.height):
            raise ValueError(f"a frame of {frame.size_px} for a model of {(wanted.width, wanted.height)}")
        return np.ascontiguousarray(frame.i420)[None, :, :, None]

    def failed(self, cause: RuntimeError) -> InferenceFailed:
        """Return the device's complaint as this model's."""
        return InferenceFailed(self.manifest.sha256, f"{self.running.device} failed: {cause}")

    def read(self, request: InferRequest, frame: Frame) -> Detections:
        """Return what an ended request found in the frame.

        Raises:
            InferenceFailed: its numbers cannot be an answer.
        """
        outputs = [request.get_output_tensor(number).data for number in range(len(self._compiled.outputs))]
        try:
            found = self._decoder.decode(outputs, self.manifest.minimum_score)
        except ValueError as cause:
            raise InferenceFailed(self.manifest.sha256, str(cause)) from cause
        kept = suppress(found, self._groups, self.manifest.suppress_iou)
        return Detections.clipped(frame.to_picture(kept.boxes), kept.scores, kept.labels)


def _lengths(shape: PartialShape) -> tuple[int, ...]:
    if shape.rank.is_dynamic:
        return ()
    return tuple(ANY if length.is_dynamic else length.get_length() for length in shape)


def _fits(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return len(found) == len(wanted) and all(want in (ANY, have) for have, want in zip(found, wanted, strict=True))


def _refuse_other_shapes(graph: Model, manifest: Manifest, decoder: Decoder) -> None:
    found = [_lengths(port.get_partial_shape()) for port in graph.outputs]
    wanted = decoder.expected()
    orders = permutations(found) if len(found) == len(wanted) else ()
    if not any(all(map(_fits, order, wanted)) for order in orders):
        raise ModelRefused(f"{manifest.name} answers in shapes {found}, its decoder reads {list(wanted)}")


def _options(precision: str | None, cache: Path | None, threads: int | None, hint: str) -> dict[str, str | int]:
    options: dict[str, str | int] = {"PERFORMANCE_HINT": hint}
    if precision is not None:
        options["INFERENCE_PRECISION_HINT"] = precision
    if cache is not None:
        options["CACHE_DIR"] = str(cache)
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    return options


def _compile(
    manifest: Manifest, decoder: Decoder, model: Path, device: str, options: dict[str, str | int]
) -> CompiledModel:
    core = Core()
    if device != AUTO and not any(name.split(".")[0] == device.split(".")[0] for name in core.available_devices):
        raise DeviceMissing(f"{device} is not here; this machine has {', '.join(core.available_devices) or 'none'}")
    try:
        graph = core.read_model(str(model))
        refuse_other_input(graph, manifest)
        refuse_too_large(graph, manifest)
        _refuse_other_shapes(graph, manifest, decoder)
        if decoder.reads_best_class:
            graph = with_best_class(graph, len(manifest.labels))
        graph = _accept_i420(graph, manifest.input)
        return core.compile_model(graph, device, options)
    except RuntimeError as cause:
        raise ModelRefused(f"OpenVINO cannot run {manifest.name} on {device}: {_first_line(cause)}") from cause


def _accept_i420(model: Model, wanted: ModelInput) -> Model:
    # In the graph it costs less than outside (ratio to benchmark_app 1.01 against 0.94 with OpenCV),
    # and no picture in between is left in Python's hands.
    graph = PrePostProcessor(model)
    entry = graph.input(0)
    entry.tensor().set_element_type(Type.u8).set_color_format(ColorFormat.I420_SINGLE_PLANE)
    entry.preprocess().convert_color(_COLOURS[wanted.colour]).convert_element_type(_ELEMENTS[wanted.element])
    if not wanted.is_plain:
        entry.preprocess().mean(list(wanted.mean)).scale(list(wanted.scale))
    entry.model().set_layout(Layout(wanted.layout))
    return graph.build()


def _running(compiled: CompiledModel) -> Running:
    devices: Sequence[str] = compiled.get_property("EXECUTION_DEVICES")
    return Running(device="+".join(devices), precision=_precision(compiled))


def _precision(compiled: CompiledModel) -> str:
    # Read off the graph as it runs: AUTO does not know the hint, and a hint is not what an int8 model runs in.
    try:
        notes = [node.get_rt_info() for node in compiled.get_runtime_model().get_ordered_ops()]
    except RuntimeError:
        return "unknown"  # not every plugin shows its graph
    heavy = Counter(
        str(note["runtimePrecision"].value) for note in notes if str(note["layerType"].value) in _HEAVY_LAYERS
    )
    every = Counter(str(note["runtimePrecision"].value) for note in notes)
    return "+".join(name for name, _ in (heavy or every).most_common(2))


def _first_line(cause: RuntimeError) -> str:
    return next((line.strip() for line in reversed(str(cause).splitlines()) if line.strip()), "no reason given")
