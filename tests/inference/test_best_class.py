"""Of all scores of a candidate the device gives the best: the same that was found among all of them."""

import numpy as np
import numpy.typing as npt
import openvino
import pytest
from openvino import opset13

from inference.best_class import with_best_class

CANDIDATES, CLASSES = 40, 7
Floats = npt.NDArray[np.float32]


def steps_of(numbers: openvino.Node, *, high: list[float]) -> openvino.Node:
    """Round to sixteen steps, squeeze into 0 to 1, round again: as a model in few bits ends."""
    low, top = opset13.constant(np.array([-4.0], np.float32)), opset13.constant(np.array([4.0], np.float32))
    rounded = opset13.fake_quantize(numbers, low, top, low, top, 16)
    least, most = opset13.constant(np.array([0.0], np.float32)), opset13.constant(np.array(high, np.float32))
    return opset13.fake_quantize(opset13.sigmoid(rounded), least, most, least, most, 16)


def answers(graph: openvino.Model, numbers: Floats) -> list[npt.NDArray[np.generic]]:
    request = openvino.Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    request.infer([numbers])
    return [request.get_output_tensor(at).data.copy() for at in range(len(graph.outputs))]


def both(numbers: Floats, high: list[float]) -> tuple[Floats, list[npt.NDArray[np.generic]]]:
    """Return all scores, and what is left of them."""
    graphs = []
    for _ in range(2):
        entry = opset13.parameter([1, CANDIDATES, CLASSES], np.float32, name="numbers")
        graphs.append(openvino.Model([opset13.result(steps_of(entry, high=high))], [entry], "scores"))
    (every,) = answers(graphs[0], numbers)
    return np.asarray(every, np.float32), answers(with_best_class(graphs[1], CLASSES), numbers)


@pytest.mark.parametrize(
    "high", [[1.0], [float(number) for number in range(1, CLASSES + 1)]], ids=["alike", "by class"]
)
def test_the_best_class_of_a_candidate_is_the_best_of_all_its_scores(high: list[float]) -> None:
    numbers = np.random.default_rng(5).normal(0, 2, (1, CANDIDATES, CLASSES)).astype(np.float32)
    every, (best, labels) = both(numbers, high)
    assert best.shape == labels.shape == (1, CANDIDATES, 1)
    assert best[..., 0] == pytest.approx(every.max(axis=2))
    assert np.take_along_axis(every, labels.astype(np.int64), axis=2) == pytest.approx(best)


def test_a_candidate_without_numbers_is_not_taken_for_one_without_a_thing() -> None:
    numbers = np.zeros((1, CANDIDATES, CLASSES), np.float32)
    numbers[0, 3] = np.nan
    graph_in = opset13.parameter([1, CANDIDATES, CLASSES], np.float32, name="numbers")
    graph = openvino.Model([opset13.result(opset13.sigmoid(graph_in))], [graph_in], "scores")
    best = answers(with_best_class(graph, CLASSES), numbers)[0]
    assert not np.isfinite(best.max())


def test_a_model_without_scores_by_class_stays_as_it_is() -> None:
    entry = opset13.parameter([1, CANDIDATES, CLASSES], np.float32, name="numbers")
    graph = openvino.Model([opset13.result(opset13.sigmoid(entry))], [entry], "boxes")
    assert with_best_class(graph, CLASSES + 1) is graph
