"""Of all classes of each candidate only the best, found by the device: the others never leave it.

A detector of 19,206 candidates and 90 classes gives 1.7 million scores, of which a look needs one each. Finding them in
Python took 1.9 of the 17 ms of a look; a top-one in the graph takes the place of the last activation over all classes,
and costs less than that did (measured 2026-11-23, 2 cores).
"""

import numpy as np
from openvino import Model, Node, Output, opset13

_MOST_STEPS = 8  # of activations behind one another; a model as published has two or three


def with_best_class(graph: Model, labels: int) -> Model:
    """Return the model with the best score and its class in place of the scores of all.

    Scores ``(1, candidates, labels)`` become ``(1, candidates, 1)``, classes are int32 of the same shape. A model of
    more or fewer than one such output stays as it is. Where the scores come out of activations that keep the order, the
    best is sought before them: of scores that rounding made equal it is the one that was higher.
    """
    scores = [port for port in graph.outputs if _is_by_class(port, labels)]
    if len(scores) != 1:
        return graph
    steps: list[Node] = []
    source = scores[0].get_node().input_value(0)
    while len(steps) < _MOST_STEPS and _keeps_order(source.get_node()):
        steps.append(source.get_node())
        source = steps[-1].input_value(0)
    best = opset13.topk(source, opset13.constant(np.int32(1)), 2, "max", "none", "i32")
    value = best.output(0)
    for step in reversed(steps):
        value = _again(step, value).output(0)
    kept = [port.get_node().input_value(0) for port in graph.outputs if port.get_node() != scores[0].get_node()]
    results = [opset13.result(port) for port in (value, best.output(1), *kept)]
    return Model(results, graph.get_parameters(), graph.get_friendly_name())


def _is_by_class(port: Output, labels: int) -> bool:
    shape = port.get_partial_shape()
    return len(shape) == 3 and not shape.is_dynamic and list(shape.get_min_shape())[2] == labels


def _keeps_order(node: Node) -> bool:
    """Tell whether a higher number never becomes a lower one, whichever class it is of."""
    if node.get_type_name() != "FakeQuantize":
        return node.get_type_name() == "Sigmoid"
    limits = [node.input_value(number).get_node() for number in range(1, 5)]
    if any(limit.get_type_name() != "Constant" or limit.get_data().size != 1 for limit in limits):
        return False
    low, high, low_after, high_after = (float(limit.get_data().reshape(-1)[0]) for limit in limits)
    return low < high and low_after < high_after


def _again(step: Node, value: Output) -> Node:
    if step.get_type_name() == "Sigmoid":
        return opset13.sigmoid(value)
    low, high, low_after, high_after = (step.input_value(number) for number in range(1, 5))
    return opset13.fake_quantize(value, low, high, low_after, high_after, int(step.get_attributes()["levels"]))
