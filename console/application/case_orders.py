"""What leaves the house for a case: how an order is written, and how what has not left is held back."""

from datetime import datetime

from console.application.ports import UnitOfWork
from console.domain.cases import Case
from console.domain.categories import Category
from console.domain.evidence import EvidenceKind
from console.domain.ids import new_id
from console.domain.outbox import Order, OrderKind, OrderStage

_AGAIN = (OrderKind.REWORK, OrderKind.URGE)


def order_of(
    unit: UnitOfWork,
    case: Case,
    category: Category,
    kind: OrderKind,
    leaves_at: datetime,
    made_at: datetime,
    remark: str = "",
) -> Order:
    """Return an order for the unit a case is with."""
    assert case.unit_id is not None, "an order is made for a routed case"
    kept = [item for item in unit.evidence.of_subject(case.alarm_id) if item.kind is EvidenceKind.STILL]
    # The picture of the alarm first: whoever shows only one must not show the street as it was before.
    stills = [item.path for item in sorted(kept, key=lambda item: item.begins_at, reverse=True)]
    body = {
        "case_number": case.number,
        "service_code": str(category.code),
        "service_name": category.zh,
        "address": case.place.address,
        "longitude": case.place.longitude,
        "latitude": case.place.latitude,
        "grid_cell": case.place.grid_cell,
        "due_at": case.due_at.isoformat() if case.due_at else "",
        "condition": category.filing_condition(case.filing_condition).zh,
        "remark": remark,
        "rework_of": case.receipt if kind in _AGAIN else "",
        "receipt": case.receipt,
        "stills": stills,
    }
    return Order(
        order_id=new_id(),
        kind=kind,
        case_id=case.case_id,
        unit_id=case.unit_id,
        idempotency_key=new_id(),
        body=body,
        made_at=made_at,
        not_before=leaves_at,
    )


def hold_back(unit: UnitOfWork, case: Case) -> bool:
    """Withdraw a case's orders that have not left, and say whether one has: that one can only be recalled."""
    has_left = False
    for order in unit.orders.of_case(case.case_id):
        if order.stage is OrderStage.WAITING and order.leased_until is None and order.tries == 0:
            order.stage = OrderStage.WITHDRAWN
            unit.orders.save(order)
        elif order.kind is not OrderKind.RECALL:
            has_left = True
    return has_left
