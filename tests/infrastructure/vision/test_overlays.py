from console.infrastructure.vision.overlays import SENTENCES
from inference.recheck import Reason


def test_every_reason_of_a_recheck_has_a_sentence_of_its_own() -> None:
    assert set(SENTENCES) == set(Reason)
    assert len(set(SENTENCES.values())) == len(Reason)
