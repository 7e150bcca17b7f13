"""The desks that hand things out, wired for a seat: evidence packages, shift reports, and where both are put."""

from pathlib import Path

import platformdirs

from console.application.errors import Unavailable
from console.application.evidence_desk import EvidenceDesk
from console.application.reports import ShiftDesk
from console.desks import Desks
from console.domain.evidence import EvidenceItem
from console.infrastructure.documents.printer import PdfReports
from console.infrastructure.evidence_files import EvidencePacks
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.secrets import open_vault
from console.site import Site


class Papers:
    """What leaves the seat as a file. Safe from any thread."""

    def __init__(self, site: Site, desks: Desks) -> None:
        self.store = EvidenceStore(site.paths.data / "evidence")
        self.evidence = EvidenceDesk(
            site.units,
            site.queries,
            desks.gate,
            site.clock,
            EvidencePacks(self.store, open_vault(site.name, site.paths.data)),
        )
        self.shifts = ShiftDesk(
            site.units,
            site.queries,
            desks.gate,
            site.clock,
            PdfReports(site.settings.site.title, site.zone, site.units),
        )
        self.folder = Path(platformdirs.user_documents_dir()) / "Citydesk"

    def is_as_sealed(self, item: EvidenceItem) -> bool:
        """Read an item's file again and say whether its digest still agrees. Slow; any thread."""
        try:
            self.store.check(item.path, item.sha256)
        except Unavailable:
            return False
        return True
