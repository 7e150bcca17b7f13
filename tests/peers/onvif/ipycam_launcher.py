"""Runs ipycam 1.3.0 (MIT, PyPI) as a test camera on loopback: ``python ipycam_launcher.py FOLDER [user:password]``.

A program of its own beside the tests, with ipycam on its path. It mends what strict clients stumble over (prefixes that
are never declared, a bare ProbeMatch, states of a status that stay blank) and keeps every socket on loopback; moving,
presets and answering are ipycam's own. Prints ``READY http-port rtsp-port`` and ends with its input.

Environment: ``PICTURES=0`` serves no stream (no ffmpeg is started); ``CLOCK_BEHIND_S`` sets the device's clock back.
"""

import os
import socket
import socketserver
import sys
import threading
import time
import urllib.parse

import ipycam.camera
import ipycam.onvif
import ipycam.rtsp
import numpy as np

HERE = "127.0.0.1"
WIDTH, HEIGHT, PICTURES_PER_S = 320, 180, 8
DECLARED = {
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "ptz": "http://www.onvif.org/ver20/ptz/wsdl",
}
Service = ipycam.onvif.ONVIFService


def free_port():
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def stay_on_loopback():
    bind = socketserver.TCPServer.server_bind

    def bind_here(server):
        server.server_address = (HERE, server.server_address[1])
        bind(server)

    socketserver.TCPServer.server_bind = bind_here
    begin = ipycam.rtsp.NativeRTSPServer.__init__

    def begin_here(server, *words, **named):
        begin(server, *words, **named)
        server.host = HERE

    ipycam.rtsp.NativeRTSPServer.__init__ = begin_here


def declare_prefixes():
    load = Service._load_templates

    def load_and_mend(service):
        load(service)
        names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in DECLARED.items())
        texts = service._templates
        texts["envelope"] = texts["envelope"].replace("<s:Envelope ", f"<s:Envelope {names} ", 1)
        match = texts["probe_match"].replace("discovery/ProbeMatch<", "discovery/ProbeMatches<")
        match = match.replace("<d:ProbeMatch>", "<d:ProbeMatches><d:ProbeMatch>")
        texts["probe_match"] = match.replace("</d:ProbeMatch>", "</d:ProbeMatch></d:ProbeMatches>")

    Service._load_templates = load_and_mend


def fill_blanks():
    render = Service._render

    def render_whole(service, name, **values):
        if name in ("probe_match", "get_scopes"):
            values["camera_name"] = urllib.parse.quote(str(service.config.name))
        if name == "ptz_get_status":
            moving = service.ptz is not None and service.ptz.get_status()["moving"]
            values["pan_tilt_status"] = "MOVING" if moving else "IDLE"
            values["zoom_status"] = "IDLE"
            values["utc_time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return render(service, name, **values)

    Service._render = render_whole


def set_clock_back(behind_s):
    def then(service):
        at = time.gmtime(time.time() - behind_s)
        body = service._render(
            "get_system_date_time", hour=at.tm_hour, minute=at.tm_min, second=at.tm_sec,
            year=at.tm_year, month=at.tm_mon, day=at.tm_mday,
        )  # fmt: skip
        return service._wrap_envelope(body)

    Service.get_system_date_time = then


def main(folder, login):
    os.chdir(folder)  # ipycam keeps its presets in a file where it runs
    stay_on_loopback()
    declare_prefixes()
    fill_blanks()
    if os.environ.get("CLOCK_BEHIND_S"):
        set_clock_back(float(os.environ["CLOCK_BEHIND_S"]))
    user, _, password = login.partition(":")
    config = ipycam.camera.CameraConfig(
        name="学府路口 球机", model="VirtualCam-1", local_ip=HERE, onvif_port=free_port(), rtsp_port=free_port(),
        go2rtc_api_port=free_port(), username=user, password=password, main_width=WIDTH, main_height=HEIGHT,
        main_fps=PICTURES_PER_S, sub_width=WIDTH // 2, sub_height=HEIGHT // 2, sub_fps=PICTURES_PER_S,
        hw_accel="cpu", show_timestamp=False,
    )  # fmt: skip
    shows = os.environ.get("PICTURES", "1") != "0"
    if not shows:
        ipycam.camera.is_native_rtsp_available = lambda: False
    camera = ipycam.camera.IPCamera(config)
    if not camera.start():
        sys.exit("it does not start")
    print("READY", config.onvif_port, config.rtsp_port, flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    noise = np.random.default_rng(1).integers(40, 200, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    shown = 0
    while not ended.wait(1 / PICTURES_PER_S):
        if shows:
            camera.stream(np.roll(noise, 4 * shown, axis=1))
            shown += 1
    camera.stop()
    camera.ptz.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
