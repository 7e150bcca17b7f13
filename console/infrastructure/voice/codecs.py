"""How samples travel: G.711 by table (Python 3.13 has no ``audioop``) and linear 16 bit."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from console.infrastructure.voice.sound import FRAME_MS, Samples

CodecName = Literal["pcmu", "pcma", "l16"]
_Octets = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """A way to send samples over RTP.

    Attributes:
        payload_type: RFC 3551 table 4; L16 at 16 kHz has none there and takes the first dynamic one.
        rate_hz: of the samples, and of the RTP clock.
    """

    name: CodecName
    payload_type: int
    rate_hz: int

    @property
    def frame_samples(self) -> int:
        return self.rate_hz * FRAME_MS // 1000

    def encode(self, samples: Samples) -> bytes:
        """Return the payload of samples at ``rate_hz``."""
        match self.name:
            case "pcmu":
                return _mu_law(samples).tobytes()
            case "pcma":
                return _a_law(samples).tobytes()
            case "l16":
                return samples.astype(">i2").tobytes()

    def decode(self, payload: bytes) -> Samples:
        """Return what a receiver hears from a payload."""
        match self.name:
            case "pcmu":
                return _from_mu_law(np.frombuffer(payload, np.uint8))
            case "pcma":
                return _from_a_law(np.frombuffer(payload, np.uint8))
            case "l16":
                return np.frombuffer(payload[: len(payload) // 2 * 2], ">i2").astype(np.int16)


CODECS: dict[CodecName, Codec] = {
    "pcmu": Codec(name="pcmu", payload_type=0, rate_hz=8_000),
    "pcma": Codec(name="pcma", payload_type=8, rate_hz=8_000),
    "l16": Codec(name="l16", payload_type=96, rate_hz=16_000),
}
BY_PAYLOAD_TYPE = {codec.payload_type: codec for codec in CODECS.values()}

_MU_BIAS = 132
_MU_CLIP = 32635


def _mu_law(samples: Samples) -> _Octets:
    """G.711 µ-law on 16-bit samples (the 14 bits of the standard, shifted left by two)."""
    wide = samples.astype(np.int32)
    size = np.minimum(np.abs(wide), _MU_CLIP) + _MU_BIAS
    segment = np.floor(np.log2(size)).astype(np.int32) - 7
    step = (size >> (segment + 3)) & 0x0F
    sign = np.where(wide < 0, 0x80, 0)
    return np.asarray(~(sign | (segment << 4) | step) & 0xFF, np.uint8)


def _from_mu_law(octets: _Octets) -> Samples:
    code = ~octets.astype(np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + _MU_BIAS) << ((code >> 4) & 0x07)) - _MU_BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _a_law(samples: Samples) -> _Octets:
    """G.711 A-law on 16-bit samples (the 13 bits of the standard, shifted left by three)."""
    wide = samples.astype(np.int32)
    size = np.where(wide < 0, ~wide, wide) >> 4
    segment = np.where(size > 15, np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 3, 0)
    step = np.where(segment > 0, (size >> np.maximum(segment - 1, 0)) & 0x0F, size)
    return (((segment << 4) | step | np.where(wide < 0, 0, 0x80)) ^ 0x55).astype(np.uint8)


def _from_a_law(octets: _Octets) -> Samples:
    code = octets.astype(np.int32) ^ 0x55
    segment = (code >> 4) & 0x07
    step = ((code & 0x0F) << 4) + 8
    size = np.where(segment > 0, (step + 0x100) << np.maximum(segment - 1, 0), step)
    return np.where(code & 0x80, size, -size).astype(np.int16)
