"""The matters that come with Citydesk, in the directory of every site."""

import logging

from console.application.ports import UnitsOfWork
from console.infrastructure.categories_csv import read_categories
from resources.locate import locate

_log = logging.getLogger(__name__)


def add_missing(units: UnitsOfWork) -> int:
    """Put the shipped matters into a directory that lacks them, and return how many; what is there stays as it is.

    Raises:
        Unavailable: the database is away.
    """
    shipped = [matter for path in sorted(locate("categories").glob("*.csv")) for matter in read_categories(path)]
    with units.read() as unit:
        known = {matter.code for matter in unit.directory.categories()}
    missing = [matter for matter in shipped if matter.code not in known]
    if missing:
        with units.write() as unit:
            for matter in missing:
                unit.directory.put_category(matter)
            unit.commit()
        _log.info("%d matters were put into the directory", len(missing))
    return len(missing)
