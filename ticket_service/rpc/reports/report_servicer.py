"""ReportService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import report_service_pb2 as pb
from keva.ticket.v1 import report_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.rpc.reports.convert_reports import (
    grouping_from_proto,
    report_to_proto,
    span_from_proto,
    ticket_page_to_proto,
)
from ticket_service.use_cases.reports import Reports

Context = grpc.aio.ServicerContext[Any, Any]


class ReportServicer(report_service_pb2_grpc.ReportServiceServicer):
    """report_service.proto says what each RPC does."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    async def GetReport(self, request: pb.GetReportRequest, context: Context) -> pb.GetReportResponse:
        require(request, "workspace_id", "from_date", "to_date")
        grouping = grouping_from_proto(request.grouping)
        return report_to_proto(await self._reports.report(span_from_proto(request), grouping), grouping)

    async def ListTicketReportRows(
        self, request: pb.ListTicketReportRowsRequest, context: Context
    ) -> pb.ListTicketReportRowsResponse:
        require(request, "workspace_id", "from_date", "to_date")
        page = Page(request.page_size, request.page_token)
        return ticket_page_to_proto(await self._reports.tickets(span_from_proto(request), page))
