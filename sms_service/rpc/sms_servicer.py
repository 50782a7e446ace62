"""SmsService over gRPC: from proto, use case, to proto."""

from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

import grpc

from keva.sms.v1 import sms_service_pb2 as pb
from keva.sms.v1 import sms_service_pb2_grpc
from servicekit.limits import ITEMS_PER_CALL
from servicekit.paging import Page
from servicekit.phone_numbers import require_number
from servicekit.rpc.proto_values import require, timestamp
from servicekit.rpc.request_context import current_actor
from servicekit.secret import Secret
from sms_service import errors
from sms_service.domain.credential import ConnectedAccount
from sms_service.rpc.attestations import AttestedVerdicts
from sms_service.rpc.convert_accounts import account_to_proto, shared_key_from_proto
from sms_service.rpc.convert_backfill import comparison_to_proto, since_from_proto, status_to_proto
from sms_service.rpc.convert_deliveries import delivery_to_proto, erased_messages_from_proto, reply_from_proto
from sms_service.rpc.convert_phone_numbers import routed_number_to_proto
from sms_service.rpc.convert_webhooks import webhook_from_proto
from sms_service.use_cases.accounts import Accounts
from sms_service.use_cases.backfill import Backfill
from sms_service.use_cases.erasure import Erasure
from sms_service.use_cases.media import MediaQueue
from sms_service.use_cases.number_statuses import NumberStatuses
from sms_service.use_cases.phone_numbers import PhoneNumbers
from sms_service.use_cases.rotation import Rotation
from sms_service.use_cases.sending import Sending
from sms_service.use_cases.webhook_health import WebhooksHealth
from sms_service.use_cases.webhooks import Webhooks

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class UseCases:
    """What there is to do."""

    webhooks: Webhooks
    sending: Sending
    accounts: Accounts
    rotation: Rotation
    numbers: PhoneNumbers
    backfill: Backfill
    statuses: NumberStatuses
    media: MediaQueue
    erasure: Erasure
    webhook_health: WebhooksHealth


class SmsServicer(sms_service_pb2_grpc.SmsServiceServicer):
    """Its contract is sms_service.proto."""

    def __init__(self, use_cases: UseCases, verdicts: AttestedVerdicts, default_region: str) -> None:
        self._verdicts = verdicts
        self._webhooks = use_cases.webhooks
        self._sending = use_cases.sending
        self._accounts = use_cases.accounts
        self._rotation = use_cases.rotation
        self._numbers = use_cases.numbers
        self._backfill = use_cases.backfill
        self._statuses = use_cases.statuses
        self._media = use_cases.media
        self._erasure = use_cases.erasure
        self._webhook_health = use_cases.webhook_health
        self._default_region = default_region

    async def VerifyInboundMessages(
        self, request: pb.VerifyInboundMessagesRequest, context: Context
    ) -> pb.VerifyInboundMessagesResponse:
        _require_few(request.webhooks, "webhooks")
        verdicts = await self._webhooks.verify_inbound([webhook_from_proto(w) for w in request.webhooks])
        return self._verdicts.of_texts(verdicts)

    async def VerifyDeliveryCallbacks(
        self, request: pb.VerifyDeliveryCallbacksRequest, context: Context
    ) -> pb.VerifyDeliveryCallbacksResponse:
        _require_few(request.callbacks, "callbacks")
        verdicts = await self._webhooks.verify_callbacks([webhook_from_proto(c) for c in request.callbacks])
        return self._verdicts.of_deliveries(verdicts)

    async def SendMessage(self, request: pb.SendMessageRequest, context: Context) -> pb.SendMessageResponse:
        require(request, "organization_id", "workspace_id", "message_id", "account_sid")
        require(request, "from_address", "to_address")
        if not request.media_urls:
            require(request, "text")
        delivery = await self._sending.send(reply_from_proto(request))
        return pb.SendMessageResponse(update=delivery_to_proto(delivery))

    async def ConnectTwilioAccount(
        self, request: pb.ConnectTwilioAccountRequest, context: Context
    ) -> pb.ConnectTwilioAccountResponse:
        require(request, "organization_id")
        token = Secret(request.auth_token)
        credential = await self._accounts.connect(request.organization_id, request.account_sid, token)
        return pb.ConnectTwilioAccountResponse(account=account_to_proto(credential))

    async def ListTwilioAccounts(
        self, request: pb.ListTwilioAccountsRequest, context: Context
    ) -> pb.ListTwilioAccountsResponse:
        require(request, "organization_id")
        found, token = await self._accounts.list_accounts(
            request.organization_id, Page(request.page_size, request.page_token)
        )
        stopped = [await self._accounts.list_stopped(account.account_sid) for account in found]
        health = await self._webhook_health.of_accounts(found)
        come = [health[account.account_sid] for account in found]
        return pb.ListTwilioAccountsResponse(
            accounts=map(account_to_proto, found, stopped, come), next_page_token=token
        )

    async def RotateAuthToken(self, request: pb.RotateAuthTokenRequest, context: Context) -> pb.RotateAuthTokenResponse:
        require(request, "organization_id", "account_sid", "step")
        account = await self._rotate(request)
        return pb.RotateAuthTokenResponse(account=account_to_proto(account))

    async def _rotate(self, request: pb.RotateAuthTokenRequest) -> ConnectedAccount:
        named = request.organization_id, request.account_sid
        if request.step == pb.ROTATION_STEP_ADD:
            return await self._rotation.add(*named, Secret(request.auth_token))
        if request.auth_token:
            raise errors.invalid("auth_token", "is for the step ADD only")
        if request.step == pb.ROTATION_STEP_PROMOTE:
            return await self._rotation.promote(*named)
        if request.step == pb.ROTATION_STEP_CANCEL:
            return await self._rotation.cancel(*named)
        raise errors.invalid("step", "is not one of the steps")

    async def AddSharedKey(self, request: pb.AddSharedKeyRequest, context: Context) -> pb.AddSharedKeyResponse:
        require(request, "organization_id", "account_sid", "shared_key_id", "secret")
        account = await self._rotation.add_shared_key(
            request.organization_id, request.account_sid, shared_key_from_proto(request)
        )
        return pb.AddSharedKeyResponse(account=account_to_proto(account))

    async def DeleteSharedKey(self, request: pb.DeleteSharedKeyRequest, context: Context) -> pb.DeleteSharedKeyResponse:
        require(request, "organization_id", "account_sid", "shared_key_id")
        account = await self._rotation.delete_shared_key(
            request.organization_id, request.account_sid, request.shared_key_id
        )
        return pb.DeleteSharedKeyResponse(account=account_to_proto(account))

    async def DisconnectTwilioAccount(
        self, request: pb.DisconnectTwilioAccountRequest, context: Context
    ) -> pb.DisconnectTwilioAccountResponse:
        require(request, "organization_id", "account_sid")
        await self._accounts.disconnect(request.organization_id, request.account_sid)
        return pb.DisconnectTwilioAccountResponse()

    async def ListPhoneNumbers(
        self, request: pb.ListPhoneNumbersRequest, context: Context
    ) -> pb.ListPhoneNumbersResponse:
        require(request, "organization_id", "account_sid")
        found, token = await self._numbers.list_numbers(
            request.organization_id,
            request.account_sid,
            Page(request.page_size, request.page_token),
            request.phone_number,
            request.include_not_sms_capable,
        )
        return pb.ListPhoneNumbersResponse(phone_numbers=map(routed_number_to_proto, found), next_page_token=token)

    async def ConfigurePhoneNumber(
        self, request: pb.ConfigurePhoneNumberRequest, context: Context
    ) -> pb.ConfigurePhoneNumberResponse:
        require(request, "organization_id", "account_sid", "phone_number")
        configured = await self._numbers.configure(
            request.organization_id, request.account_sid, request.phone_number, request.replace, current_actor()
        )
        return pb.ConfigurePhoneNumberResponse(phone_number=routed_number_to_proto(configured))

    async def BackfillMessages(
        self, request: pb.BackfillMessagesRequest, context: Context
    ) -> pb.BackfillMessagesResponse:
        require(request, "organization_id", "phone_number")
        number = require_number(request.phone_number, self._default_region, "phone_number")
        since = since_from_proto(request)
        subscribed = await self._backfill.subscribed(request.organization_id, request.account_sid, number)
        return comparison_to_proto(await self._backfill.compare_number(subscribed, since))

    async def ListNumberComparisons(
        self, request: pb.ListNumberComparisonsRequest, context: Context
    ) -> pb.ListNumberComparisonsResponse:
        require(request, "organization_id")
        page = Page(request.page_size, request.page_token)
        found, token = await self._statuses.list_statuses(request.organization_id, page)
        now = await self._statuses.now()
        comparisons = [status_to_proto(status, self._statuses.is_behind(status, now)) for status in found]
        answer = pb.ListNumberComparisonsResponse(
            comparisons=comparisons, next_page_token=token, read_time=timestamp(now)
        )
        answer.patience.FromTimedelta(self._statuses.patience)
        return answer

    async def GetMedia(self, request: pb.GetMediaRequest, context: Context) -> pb.GetMediaResponse:
        require(request, "organization_id", "media_id")
        found = await self._media.get(request.organization_id, request.media_id)
        return pb.GetMediaResponse(content_type=found.content_type, content=found.content)

    async def EraseMessages(self, request: pb.EraseMessagesRequest, context: Context) -> pb.EraseMessagesResponse:
        require(request, "organization_id", "workspace_id", "account_sid")
        _require_few(request.twilio_message_sids, "twilio_message_sids")
        _require_few(request.message_ids, "message_ids")
        erased = await self._erasure.erase(erased_messages_from_proto(request))
        return pb.EraseMessagesResponse(updates=map(delivery_to_proto, erased))


def _require_few(items: Sized, field: str) -> None:
    if len(items) > ITEMS_PER_CALL:
        raise errors.invalid(field, f"may be at most {ITEMS_PER_CALL}")
