"""Use case: texts of Twilio's log that cannot be taken in. Nobody is stopped by one, and nobody overlooks it: it is in
the organization's audit trail, in the log, in a metric, and `keva doctor` counts it. Each of them once, however often
it is found."""

from collections.abc import Sequence

import structlog

from servicekit.clock import Clock
from servicekit.errors import KevaError, Unavailable
from servicekit.ids import new_id
from servicekit.masking import mask
from sms_service import metrics
from sms_service.audit_action import AuditAction
from sms_service.domain.audit_entry import AuditEntry
from sms_service.domain.backfill_number import Lease, SubscribedNumber
from sms_service.domain.message import RefusedMessage
from sms_service.ports.audit_trail import AuditTrail
from sms_service.ports.backfills import BackfillStore

# Who found it, in the audit trail.
_KIND, _ID = "service", "sms_service"
_log = structlog.get_logger(__name__)


class RefusedTexts:
    """Those of all organizations."""

    def __init__(self, store: BackfillStore, trail: AuditTrail, clock: Clock) -> None:
        self._store = store
        self._trail = trail
        self._clock = clock

    async def note(self, number: SubscribedNumber, lease: Lease, refused: Sequence[RefusedMessage]) -> None:
        """Records those that are found for the first time. Raises Unavailable: then they are found again."""
        for text in refused:
            if text.sid not in lease.refused_sids:
                await self._note(number, lease, text)

    async def _note(self, number: SubscribedNumber, lease: Lease, text: RefusedMessage) -> None:
        _log.warning(
            "a text of Twilio's log cannot be taken in",
            number=mask(number.phone_number),
            message_sid=text.sid,
            reason=text.reason,
            field=text.field,
        )
        # The same id whoever finds it, and however often.
        record_id = await self._store.note_refused(lease, text.sid, new_id("aud"), self._clock())
        try:
            await self._trail.append(self._entry(number, text, record_id))
        except Unavailable:
            raise
        except KevaError as error:
            _log.error("not in the audit trail", message_sid=text.sid, reason=error.reason)
        await self._store.refused_is_recorded(lease, text.sid)
        metrics.TEXTS_NOT_TAKEN_IN.inc()

    def _entry(self, number: SubscribedNumber, text: RefusedMessage, record_id: str) -> AuditEntry:
        details = {"account_sid": number.account_sid, "phone_number": mask(number.phone_number), "reason": text.reason}
        if text.field:
            details["field"] = text.field
        return AuditEntry(
            audit_record_id=record_id,
            organization_id=number.organization_id,
            action=AuditAction.TEXT_NOT_TAKEN_IN,
            subject_id=text.sid,
            actor_kind=_KIND,
            actor_id=_ID,
            time=self._clock(),
            details=details,
        )
