"""Rules tried on recorded pictures, for the page of zones: in a process of its own, one at a time."""

import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from console.application.errors import Unavailable
from console.domain.rules import CameraRule, tiles_of
from console.infrastructure.rule_messages import said
from console.infrastructure.site_models import SiteModels
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.trial_messages import Piece, TrialLine, TrialOrder
from widgets.state import trying

ROLE = "rule-trial"
KILLED_WITHIN_MS = 2000  # a killed process is gone at once; one in a driver's hands is left to the system

_log = logging.getLogger(__name__)


def trial_command(data: Path) -> list[str]:
    """Return the command that tries a rule with the model the station looks with.

    Args:
        data: of the site.

    Raises:
        Unavailable: the model is not on this machine.
    """
    model = SiteModels(data).watching()
    return command_for(ROLE, ["--manifest", str(model.manifest), "--model", str(model.model)])


class RuleTrials(QObject):
    """Lives in the GUI thread. ``end`` before the seat goes: the process and its stills are the trial's own."""

    def __init__(self, command: Callable[[], Sequence[str]], parent: QObject | None = None) -> None:
        """Args:
        command: gives what is started; it may refuse as ``trial_command`` does.
        """
        super().__init__(parent)
        self._command = command
        self._process: QProcess | None = None
        self._told: Callable[[trying.TrialTold], None] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._is_over = False

    def begin(
        self,
        rule: CameraRule,
        pieces: Sequence[trying.Piece],
        told: Callable[[trying.TrialTold], None],
        *,
        keeps_stills: bool,
    ) -> None:
        self.end()
        self._told, self._is_over = told, False
        try:
            program, *arguments = self._command()
        except Unavailable as cause:
            self._tell(_fault(str(cause)))
            return
        self._folder = tempfile.TemporaryDirectory(prefix="citydesk-trial-")
        order = TrialOrder(
            rule=said(rule),
            looks_per_s=rule.pictures_per_s,
            region=rule.region,
            tiles=tiles_of(rule.region, rule.tiling),
            pieces=tuple(Piece(path=piece.path, begins_s=piece.begins_s) for piece in pieces),
            stills=Path(self._folder.name) if keeps_stills else None,
        )
        process = QProcess(self)
        environment = QProcessEnvironment()
        for name, value in environment_for_child({}).items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._failed)
        self._process = process
        process.start(program, arguments)
        process.write(order.model_dump_json().encode() + b"\n")
        process.closeWriteChannel()

    def end(self) -> None:
        process, self._process, self._told = self._process, None, None
        if process is not None:
            process.blockSignals(True)
            if process.state() != QProcess.ProcessState.NotRunning:
                process.kill()
                process.waitForFinished(KILLED_WITHIN_MS)
            process.deleteLater()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    # ---- what the process says -----------------------------------------------------------------------------------

    def _read(self) -> None:
        process = self._process
        while process is not None and process is self._process and process.canReadLine():
            raw = bytes(process.readLine().data())
            try:
                line = TrialLine.model_validate_json(raw)
            except ValidationError as cause:
                _log.warning("a trial said what is no line of it: %s", cause)
                continue
            self._tell(line)

    def _finished(self, code: int) -> None:
        self._read()
        if not self._is_over:
            self._tell(_fault(f"{ROLE} {code}"))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and not self._is_over:
            self._tell(_fault(self._process.errorString() if self._process is not None else ROLE))

    def _tell(self, line: TrialLine) -> None:
        self._is_over = self._is_over or line.is_over
        if line.hit is not None:
            _log.info("trial would have raised at %.1f s", line.hit.at_s)
        if self._told is not None:
            self._told(line)


def _fault(reason: str) -> TrialLine:
    return TrialLine(pieces=0, at_s=0.0, looks=0, is_over=True, fault=reason)
