"""Text to speech without a network: Kokoro by OpenVINO, and espeak-ng as a separate program where it is absent."""
