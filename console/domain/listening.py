"""Where the sound of a street may be heard, and where it may be kept."""

from dataclasses import dataclass

from console.domain.cameras import Camera
from console.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class ListeningRule:
    """What a site allows of the sound its cameras send.

    Speech of passers-by is personal information: PIPL art. 26 lets a public place be watched for public security, with
    signs, and decree 799 adds who may look. Neither speaks of sound, so nothing is heard until a site says that it may
    be, and only where somebody marked the camera: a sign there has to say so.

    Attributes:
        is_on: whether the site allows it at all.
        tag: which tag marks a camera that may be heard; empty for every camera.
    """

    is_on: bool = False
    tag: str = ""

    def allows(self, camera: Camera) -> bool:
        return self.is_on and (not self.tag or self.tag in camera.tags)

    def require(self, camera: Camera) -> None:
        """Let pass whoever wants to hear this camera.

        Raises:
            DomainError: the site does not allow it, or not here.
        """
        if not self.is_on:
            raise DomainError("Sound is switched off at this site. An administrator may allow it in the settings.")
        if not self.allows(camera):
            raise DomainError(
                "Camera {number} may not be heard: it does not carry the tag {tag}.", number=camera.number, tag=self.tag
            )


@dataclass(frozen=True, slots=True)
class SoundKeepingRule:
    """What a site allows to be kept of the sound its cameras send, in recordings and in the clips of alarms and cases.

    To keep what passers-by said weighs more than to hear it once: it is allowed apart from listening, and off until a
    site says otherwise. The same tag marks the cameras, because the same sign at the camera has to say so.

    Attributes:
        is_on: whether the site allows it at all.
        tag: which tag marks a camera whose sound may be kept; empty for every camera.
    """

    is_on: bool = False
    tag: str = ""

    def allows(self, camera: Camera) -> bool:
        return self.is_on and (not self.tag or self.tag in camera.tags)
