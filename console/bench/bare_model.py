"""The limit of looking: the model alone, by OpenVINO's own benchmark_app and by a bare request at a given pace."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
from openvino import Core

from console.application.errors import Unavailable
from console.application.ports import Clock
from inference.manifest import ModelInput

DEVICE, HINT = "CPU", "THROUGHPUT"  # as the vision worker runs
_NICENESS = 10  # of the vision worker: both stand back for others alike
_LINE = re.compile(r"Throughput:\s+([0-9.]+) FPS")
_ENDS_AFTER_S = 60.0  # loading and compiling, on a loaded machine
_APP = (
    "import sys; vars(sys)['modules']['openvino_telemetry'] = None; "
    "from openvino.tools.benchmark.main import main; sys.exit(main())"
)


def benchmark_app(model: Path, lasts_s: float) -> float:
    """Return how many looks a second OpenVINO's own program gets out of the model.

    Raises:
        Unavailable: it did not run, or said nothing.
    """
    command = [sys.executable, "-c", _APP, "-m", str(model), "-d", DEVICE, "-hint", HINT.lower()]
    command += ["-t", str(max(1, round(lasts_s)))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if os.name == "posix":
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
    try:
        said, _ = process.communicate(timeout=lasts_s + _ENDS_AFTER_S)
    except subprocess.TimeoutExpired as cause:
        process.kill()
        process.communicate()
        raise Unavailable("OpenVINO's benchmark_app did not end.") from cause
    return throughput_of(said)


def throughput_of(said: str) -> float:
    """Read the figure off the program's last lines.

    Raises:
        Unavailable: it is not there.
    """
    found = _LINE.findall(said)
    if not found:
        raise Unavailable("OpenVINO's benchmark_app gave no figure.")
    return float(found[-1])


def bare_look_ms(model: Path, wanted: ModelInput, looks_per_s: float, lasts_s: float, clock: Clock) -> float:
    """Return the CPU time of a look that is inference and nothing else, at this pace (ms)."""
    core = Core()
    compiled = core.compile_model(core.read_model(str(model)), DEVICE, {"PERFORMANCE_HINT": HINT})
    request = compiled.create_infer_request()
    sides = (wanted.height, wanted.width)
    shape = (1, *sides, 3) if wanted.layout == "NHWC" else (1, 3, *sides)
    kind = np.uint8 if wanted.element == "u8" else np.float32
    picture = np.random.default_rng(4).integers(0, 255, shape).astype(kind)
    request.infer([picture], share_inputs=True, share_outputs=True)
    own, pause = psutil.Process(), threading.Event()
    before, began_s, looks = _spent_s(own), clock.monotonic_s(), 0
    while (passed_s := clock.monotonic_s() - began_s) < lasts_s:
        request.infer([picture], share_inputs=True, share_outputs=True)
        looks += 1
        pause.wait(max(0.0, looks / looks_per_s - passed_s))
    return 1000 * (_spent_s(own) - before) / looks


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
