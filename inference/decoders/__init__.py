"""From a model's raw outputs to candidate boxes: one file per family of models."""

from inference.decoders.boxes import Boxes, BoxesPx
from inference.decoders.decoder import Decoder
from inference.decoders.efficientdet import EfficientDet
from inference.decoders.query import Query
from inference.decoders.ssd import Ssd
from inference.decoders.yolox import Yolox
from inference.errors import ModelRefused
from inference.manifest import Manifest

FAMILIES: dict[str, type[EfficientDet | Yolox | Ssd | Query | Boxes]] = {
    "efficientdet": EfficientDet,
    "yolox": Yolox,
    "ssd": Ssd,
    "query": Query,
    "boxes": Boxes,
    "boxes_px": BoxesPx,
}


def decoder_for(manifest: Manifest) -> Decoder:
    """Return the decoder a manifest names.

    Raises:
        ModelRefused: there is no such family here.
    """
    family = FAMILIES.get(manifest.decoder)
    if family is None:
        raise ModelRefused(f"{manifest.name}: decoder {manifest.decoder!r} is not one of {', '.join(FAMILIES)}")
    return family(manifest.input.width, manifest.input.height, len(manifest.labels))
