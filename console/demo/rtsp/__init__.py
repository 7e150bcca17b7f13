"""The demo's RTSP server: interleaved TCP, sender reports, digest, and a camera whose street can change."""
