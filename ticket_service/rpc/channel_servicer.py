"""ChannelService over gRPC: from proto, use case, to proto."""

from typing import Any

import grpc

from keva.ticket.v1 import channel_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2_grpc
from servicekit.paging import Page
from servicekit.rpc.proto_values import require
from ticket_service.rpc.convert_channels import (
    channel_settings_from_proto,
    channel_to_proto,
    new_channel_settings_from_proto,
    subscribed_number_to_proto,
)
from ticket_service.rpc.convert_values import acting
from ticket_service.use_cases.channels import Channels

Context = grpc.aio.ServicerContext[Any, Any]


class ChannelServicer(channel_service_pb2_grpc.ChannelServiceServicer):
    """channel_service.proto says what each RPC does."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def CreateChannel(self, request: pb.CreateChannelRequest, context: Context) -> pb.CreateChannelResponse:
        require(request, "organization_id", "phone_number")
        settings = new_channel_settings_from_proto(request)
        channel = await self._channels.create(
            request.organization_id, request.account_sid, request.phone_number, settings, acting()
        )
        return pb.CreateChannelResponse(channel=channel_to_proto(channel))

    async def GetChannel(self, request: pb.GetChannelRequest, context: Context) -> pb.GetChannelResponse:
        require(request, "organization_id", "channel_id")
        channel = await self._channels.get(request.organization_id, request.channel_id)
        return pb.GetChannelResponse(channel=channel_to_proto(channel))

    async def ListChannels(self, request: pb.ListChannelsRequest, context: Context) -> pb.ListChannelsResponse:
        require(request, "organization_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._channels.list_channels(request.organization_id, page)
        return pb.ListChannelsResponse(channels=map(channel_to_proto, found), next_page_token=token)

    async def ListSubscribedNumbers(
        self, request: pb.ListSubscribedNumbersRequest, context: Context
    ) -> pb.ListSubscribedNumbersResponse:
        found, token = await self._channels.list_subscribed(Page(request.page_size, request.page_token))
        numbers = map(subscribed_number_to_proto, found)
        return pb.ListSubscribedNumbersResponse(numbers=numbers, next_page_token=token)

    async def UpdateChannel(self, request: pb.UpdateChannelRequest, context: Context) -> pb.UpdateChannelResponse:
        require(request, "organization_id")
        require(request.channel, "channel_id")
        settings = channel_settings_from_proto(request)
        channel = await self._channels.update(request.organization_id, request.channel.channel_id, settings, acting())
        return pb.UpdateChannelResponse(channel=channel_to_proto(channel))

    async def DeleteChannel(self, request: pb.DeleteChannelRequest, context: Context) -> pb.DeleteChannelResponse:
        require(request, "organization_id", "channel_id")
        await self._channels.delete(request.organization_id, request.channel_id, acting())
        return pb.DeleteChannelResponse()
