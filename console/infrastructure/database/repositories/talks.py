"""Talk sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from console.application.errors import Stale
from console.domain.ids import SpeakerId, TalkId
from console.domain.speaking import TalkSession
from console.infrastructure.database.mapping.evidence import row_of_talk, talk_in
from console.infrastructure.database.repositories.rows import add, hold, one, swap
from console.infrastructure.database.tables import TALK_GOES_ON, talks


class SqlTalks:
    """Keeps the promises of ``ports.Talks``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, talk: TalkSession) -> None:
        add(self._connection, talks, row_of_talk(talk))

    def get(self, talk_id: TalkId) -> TalkSession:
        row = one(self._connection, select(talks).where(talks.c.talk_id == talk_id))
        if row is None:
            raise Stale("This talk session is not there any more.")
        return talk_in(row)

    def save(self, talk: TalkSession) -> None:
        if not swap(self._connection, talks, row_of_talk(talk), talk.version):
            raise Stale("Somebody changed this talk session first. Look at it again.")
        talk.version += 1

    def going_on(self, before: datetime) -> Sequence[TalkSession]:
        statement = (
            select(talks).where(TALK_GOES_ON, talks.c.ordered_at < before).order_by(talks.c.ordered_at, talks.c.talk_id)
        )
        return [talk_in(row) for row in self._connection.execute(statement).mappings()]

    def on_speaker(self, speaker_id: SpeakerId, since: datetime) -> Sequence[TalkSession]:
        # Two seats that ask for the same speaker at once must not both find it free.
        hold(self._connection, f"speaker/{speaker_id}")
        statement = (
            select(talks).where(TALK_GOES_ON, talks.c.ordered_at >= since).order_by(talks.c.ordered_at, talks.c.talk_id)
        )
        going_on = (talk_in(row) for row in self._connection.execute(statement).mappings())
        return [talk for talk in going_on if speaker_id in talk.speaker_ids]
