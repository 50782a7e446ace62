"""Lists of customers."""

from keva.ticket.v1 import customer_import_pb2 as pb
from keva.ticket.v1 import error_reason_pb2
from servicekit.rpc.proto_values import enum_to_proto
from ticket_service.domain.customer import EDITABLE_FIELDS
from ticket_service.domain.customer_data.imports import RowResult
from ticket_service.use_cases.customer_data.imports import Options, RowOutcome


def row_from_proto(row: pb.CustomerRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in ("address", *EDITABLE_FIELDS)}


def options_from_proto(request: pb.ImportCustomersRequest) -> Options:
    return Options(request.region, request.consent_basis, request.overwrite, request.validate_only)


def outcome_to_proto(outcome: RowOutcome) -> pb.CustomerRowOutcome:
    if (error := outcome.error) is not None:
        return pb.CustomerRowOutcome(
            result=pb.CUSTOMER_ROW_RESULT_FAILED,
            address=outcome.address,
            reason=enum_to_proto(error_reason_pb2.ErrorReason, error.reason),
            message=error.message,
        )
    if (imported := outcome.imported) is None:
        return pb.CustomerRowOutcome(
            result=enum_to_proto(pb.CustomerRowResult, RowResult.REPLACED.value),
            address=outcome.address,
            replaced_by=outcome.replaced_by or 0,
        )
    return pb.CustomerRowOutcome(
        result=enum_to_proto(pb.CustomerRowResult, imported.result.value),
        customer_id=imported.customer.customer_id,
        address=outcome.address,
        changed_fields=imported.changed,
        kept_fields=imported.kept,
    )
