"""What can go wrong between pixels and rule hits, said so that a caller can act on it."""


class InferenceError(Exception):
    """Base of everything this library raises on purpose."""


class ModelRefused(InferenceError):
    """A model may not watch a street: no manifest, a wrong digest, or a shape its manifest does not describe."""


class DeviceMissing(InferenceError):
    """OpenVINO does not report the device that was asked for."""


class InferenceFailed(InferenceError):
    """A look produced no answer. Never to be read as "nothing there"."""

    def __init__(self, model_sha256: str, reason: str) -> None:
        super().__init__(f"model {model_sha256[:12]}: {reason}")
        self.model_sha256 = model_sha256
        self.reason = reason


class ClockWentBackwards(InferenceError):
    """Media time fell: the stream began again, and what was counted by the old clock cannot be continued."""

    def __init__(self, before_s: float, now_s: float) -> None:
        super().__init__(f"media time fell from {before_s:.3f} s to {now_s:.3f} s")
        self.before_s = before_s
        self.now_s = now_s


class ClipUnreadable(InferenceError):
    """A clip does not open, or ends before its last picture."""

    def __init__(self, name: str, read: int, wanted: int) -> None:
        super().__init__(f"{name}: {read} of {wanted} pictures could be read")
        self.name = name
        self.read = read
        self.wanted = wanted
