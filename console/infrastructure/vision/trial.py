"""The role that tries a rule on recorded pictures, once, and ends; it says what the rule would have raised.

A process of its own, after everything that somebody waits for. The order comes as one line on its input; each line of
its output is one ``TrialLine``, so that whoever started it can show hits while it looks, and end it at any moment.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from console.domain.rules import SWIFT, SWIFT_PX
from console.infrastructure.standing_back import stand_back
from console.infrastructure.trial_messages import TrialHit, TrialLine, TrialOrder
from console.infrastructure.vision.rules import rule_of
from inference.detector import Detector
from inference.errors import ClipUnreadable, InferenceError
from inference.frames import Pixels
from inference.geometry import WHOLE
from inference.manifest import read_manifest
from inference.pipeline import Pipeline
from inference.preprocessing import letterbox
from inference.replay import timed_pictures
from inference.tiling import Looking, seen_in

ROLE = "rule-trial"
NICENESS = 19
STILL_WIDTH_PX = 960  # as much as the page has room for
REFUSED = 1


def main(arguments: list[str]) -> int:
    """Try the rule that is read from the input. Exit code 1 where it could not; the last line says why."""
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    stand_back(NICENESS)
    order = TrialOrder.model_validate_json(sys.stdin.readline())
    try:
        detector = Detector(read_manifest(chosen.manifest), chosen.model, device="CPU", precision="f32")
        for line in tried(order, detector):
            print(line.model_dump_json(), flush=True)
    except (InferenceError, OSError, ValueError) as cause:
        print(TrialLine(pieces=0, at_s=0.0, looks=0, is_over=True, fault=str(cause)).model_dump_json(), flush=True)
        return REFUSED
    return 0


def tried(order: TrialOrder, detector: Looking) -> Iterator[TrialLine]:
    """Look at every piece and yield what comes of it; the last line is over.

    Raises:
        InferenceError: the model gives no answer. ValueError: the figures do not make a rule. OSError: a still cannot
        be written.
    """
    manifest = detector.manifest
    pipeline = Pipeline(manifest, order.looks_per_s, [rule_of(order.rule)])
    is_swift = order.rule.family in SWIFT
    looks = unread = hits = 0
    at_s = 0.0
    for number, piece in enumerate(order.pieces):
        try:
            for since_s, picture in timed_pictures(piece.path, order.looks_per_s):
                at_s, looks = piece.begins_s + since_s, looks + 1
                frames = [
                    letterbox(
                        picture,
                        SWIFT_PX if is_swift else (manifest.input.width, manifest.input.height),
                        sequence=looks,
                        media_time_s=at_s,
                        region=region,
                        stretch=not is_swift and manifest.input.resize == "stretch",
                    )
                    for region in ((WHOLE,) if is_swift else (order.region, *order.tiles))
                ]
                found = (
                    pipeline.follow(frames[0]) if is_swift else pipeline.take(frames[0], seen_in(detector, frames)).hits
                )
                for hit in found:
                    hits += 1
                    told = TrialHit(
                        at_s=at_s,
                        label=hit.label,
                        score=hit.score,
                        dwell_s=hit.dwell_s,
                        box=hit.box,
                        still=_kept(picture, order.stills, hits),
                    )
                    yield TrialLine(pieces=number, at_s=at_s, looks=looks, unread=unread, hit=told)
                if looks % max(1, round(order.looks_per_s * 2)) == 0:
                    yield TrialLine(pieces=number, at_s=at_s, looks=looks, unread=unread)
        except ClipUnreadable:
            unread += 1
    yield TrialLine(pieces=len(order.pieces), at_s=at_s, looks=looks, unread=unread, is_over=True)


def _kept(picture: Pixels, folder: Path | None, number: int) -> str:
    """Write a still beside the others and return its path."""
    if folder is None:
        return ""
    rows, columns = picture.shape[:2]
    shown = cv2.resize(picture, (STILL_WIDTH_PX, max(1, round(rows * STILL_WIDTH_PX / columns))))
    path = folder / f"{number:04d}.jpg"
    if not cv2.imwrite(str(path), shown):
        raise OSError(0, f"{path} cannot be written")
    return str(path)
