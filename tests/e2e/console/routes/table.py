"""Which route answers whom with what. The table is the tests' own, not read from the code: a change is made twice, and
on purpose. Lines stand in the order in which they are asked; what takes something away stands last."""

from dataclasses import dataclass

# viewer, agent, administrator: of the workspace. outsider: an agent of another one. stranger: an administrator of
# another organization. GET, and POST with the token that its form has.
WHO = ("nobody", "viewer", "outsider", "stranger", "agent", "administrator")

# nobody, viewer, outsider, stranger, agent, administrator
_TABLE = """
GET  /new                                                                         303 200 200 200 200 200
POST /new                                                                         401 403 422 422 303 303
GET  /                                                                            303 303 303 303 303 303
GET  /c/{customer_id}                                                             303 200 404 404 200 200
GET  /c/{customer_id}/edit                                                        303 200 404 404 200 200
POST /c/{customer_id}/edit                                                        401 403 404 404 303 303
POST /c/{customer_id}/notes                                                       401 403 404 404 303 303
GET  /inbox/{view}                                                                303 200 200 200 200 200
GET  /first-steps                                                                 303 403 403 200 403 200
GET  /me                                                                          303 200 200 200 200 200
POST /me/name                                                                     401 303 303 303 303 303
POST /me/availability                                                             401 403 303 303 303 303
POST /me/password                                                                 401 422 422 422 422 422
POST /me/sessions/end                                                             401 303 303 303 303 303
POST /inbox/{view}/several                                                        401 403 200 200 303 303
POST /inbox/{view}/undo                                                           401 403 303 303 303 303
GET  /media/{ticket_id}/{message_id}/{media_id}                                   303 200 404 404 200 200
GET  /media/{ticket_id}/{message_id}/{media_id}/contact                           303 200 404 404 200 200
GET  /live                                                                        401 200 200 200 200 200
GET  /live/check                                                                  401 204 204 204 204 204
POST /live/presence                                                               401 204 204 204 204 204
GET  /live/presence                                                               401 200 200 200 200 200
GET  /me/notifications                                                            303 200 200 200 200 200
POST /me/notifications                                                            401 303 303 303 303 303
GET  /search                                                                      303 200 200 200 200 200
GET  /settings                                                                    303 200 200 200 200 200
GET  /settings/integrations                                                       303 303 303 303 303 303
GET  /settings/integrations/twilio                                                303 403 403 200 403 200
GET  /settings/integrations/twilio/connect                                        303 403 403 200 403 200
POST /settings/integrations/twilio/connect                                        401 403 403 422 403 422
GET  /settings/integrations/twilio/{account_sid}                                  303 403 403 404 403 200
POST /settings/integrations/twilio/{account_sid}/rotate                           401 403 403 404 403 422
GET  /settings/channels                                                           303 403 403 200 403 200
GET  /settings/channels/new                                                       303 403 403 200 403 200
POST /settings/channels/new                                                       401 403 403 404 403 422
GET  /settings/channels/{channel_id}                                              303 403 403 404 403 200
POST /settings/channels/{channel_id}                                              401 403 403 404 403 422
POST /settings/channels/{channel_id}/wire                                         401 403 403 404 403 303
GET  /settings/knowledge-base                                                     303 200 200 200 200 200
POST /settings/knowledge-base/dismiss                                             401 403 422 422 422 422
GET  /settings/troubleshooting                                                    303 403 403 200 403 200
GET  /settings/people                                                             303 403 403 200 403 200
GET  /settings/people/new                                                         303 403 403 200 403 200
POST /settings/people/new                                                         401 403 403 422 403 422
GET  /settings/people/{agent_id}                                                  303 403 403 404 403 200
POST /settings/people/{agent_id}                                                  401 403 403 404 403 422
POST /settings/people/{agent_id}/link                                             401 403 403 404 403 200
GET  /sign-in                                                                     200 303 303 303 303 303
POST /sign-in                                                                     422 422 422 422 422 422
POST /sign-in/choice                                                              422 422 422 422 422 422
GET  /welcome/{secret}                                                            200 200 200 200 200 200
POST /welcome/{secret}                                                            422 422 422 422 422 422
GET  /t/{number}                                                                  303 200 404 404 200 200
GET  /t/{number}/folded                                                           303 200 404 404 200 200
POST /t/{number}/note                                                             401 403 404 404 303 303
POST /t/{number}/draft                                                            401 403 404 404 303 303
POST /segments                                                                    401 200 200 200 200 200
GET  /t/{number}/saved                                                            303 200 404 404 200 200
POST /t/{number}/saved                                                            401 200 404 404 200 200
GET  /t/{number}/saved/{saved}                                                    303 200 404 404 200 200
POST /t/{number}/suggestions                                                      401 403 404 404 303 303
POST /t/{number}/suggest                                                          401 403 404 404 200 200
POST /t/{number}/assign                                                           401 403 404 404 303 303
POST /t/{number}/resolve                                                          401 403 404 404 303 303
POST /t/{number}/reopen                                                           401 403 404 404 303 303
POST /t/{number}/snooze                                                           401 403 404 404 303 303
POST /t/{number}/unsnooze                                                         401 403 404 404 303 303
POST /t/{number}/tags                                                             401 403 404 404 303 303
POST /t/{number}/priority                                                         401 403 404 404 303 303
POST /t/{number}/subject                                                          401 403 404 404 303 303
POST /t/{number}/read                                                             401 303 404 404 303 303
POST /t/{number}/unread                                                           401 303 404 404 303 303
GET  /t/{number}/assign                                                           303 303 404 404 303 303
GET  /t/{number}/resolve                                                          303 303 404 404 303 303
GET  /t/{number}/reopen                                                           303 303 404 404 303 303
GET  /t/{number}/snooze                                                           303 303 404 404 303 303
GET  /t/{number}/unsnooze                                                         303 303 404 404 303 303
GET  /t/{number}/tags                                                             303 303 404 404 303 303
GET  /t/{number}/priority                                                         303 303 404 404 303 303
GET  /t/{number}/subject                                                          303 303 404 404 303 303
GET  /t/{number}/read                                                             303 303 404 404 303 303
GET  /t/{number}/note                                                             303 303 404 404 303 303
GET  /t/{number}/draft                                                            303 303 404 404 303 303
GET  /t/{number}/suggestions                                                      303 303 404 404 303 303
GET  /t/{number}/suggest                                                          303 303 404 404 303 303
GET  /t/{number}/unread                                                           303 303 404 404 303 303
POST /csp-reports                                                                 204 204 204 204 204 204
GET  /assets/{name}                                                               200 200 200 200 200 200
POST /settings/integrations/twilio/{account_sid}/shared-keys                      401 403 403 404 403 303
POST /t/{number}/reply                                                            401 403 404 404 303 303
GET  /t/{number}/reply                                                            303 303 404 404 303 303
GET  /t/{number}/retry                                                            303 303 404 404 303 303
POST /t/{number}/retry                                                            401 403 404 404 422 422
GET  /t/{number}/cancel                                                           303 303 404 404 303 303
POST /t/{number}/cancel                                                           401 403 404 404 422 422
POST /t/{number}/close                                                            401 403 404 404 303 303
GET  /t/{number}/close                                                            303 200 404 404 200 200
POST /c/{customer_id}/consent                                                     401 403 404 404 303 303
POST /c/{customer_id}/block                                                       401 403 404 404 303 303
POST /c/{customer_id}/unblock                                                     401 403 404 404 303 303
GET  /c/{customer_id}/notes/{note_id}/delete                                      303 403 404 404 200 200
POST /c/{customer_id}/notes/{note_id}/delete                                      401 403 404 404 303 303
GET  /c/{customer_id}/forget                                                      303 200 404 404 200 200
POST /c/{customer_id}/forget                                                      401 403 403 404 403 303
GET  /settings/people/{agent_id}/deactivate                                       303 403 403 404 403 200
POST /settings/people/{agent_id}/deactivate                                       401 403 403 404 403 303
POST /settings/people/{agent_id}/reactivate                                       401 403 403 404 403 303
GET  /settings/integrations/twilio/{account_sid}/shared-keys/{key_id}/remove      303 403 403 404 403 200
POST /settings/integrations/twilio/{account_sid}/shared-keys/{key_id}/remove      401 403 403 404 403 303
GET  /settings/channels/{channel_id}/remove                                       303 403 403 404 403 200
POST /settings/channels/{channel_id}/remove                                       401 403 403 404 403 303
GET  /settings/integrations/twilio/{account_sid}/disconnect                       303 403 403 404 403 200
POST /settings/integrations/twilio/{account_sid}/disconnect                       401 403 403 404 403 303
POST /settings/people/{agent_id}/sign-out                                         401 403 403 404 403 303
POST /sign-out                                                                    401 303 303 303 303 303
"""

_TICKET = "/t/{number}"
_TWILIO = "/settings/integrations/twilio"
_ACCOUNT = _TWILIO + "/{account_sid}"
_CHANNEL = "/settings/channels/{channel_id}"
# What forms have, beside the token. Without them some pages say what is missing before anybody asks who it is.
FIELDS = {
    "/new": {"channel": "{channel_id}", "to": "{customer}", "text": "hello", "request_id": "{request_id}", "do": "now"},
    "/c/{customer_id}/edit": {"display_name": "canary-name, edited", "city": "Bremen"},
    "/c/{customer_id}/consent": {"no_texts": "no"},
    "/c/{customer_id}/notes": {"known": "canary-note", "request_id": "{request_id}"},
    "/me/name": {"name": "Somebody"},
    "/me/availability": {"availability": "available"},
    "/inbox/{view}/several": {"do": "read", "ticket": "{ticket_id}"},
    "/live/presence": {"ticket_id": "{ticket_id}"},
    _TICKET + "/reply": {"text": "hello", "request_id": "{request_id}", "do": "send"},
    _TICKET + "/note": {"note": "canary-note", "request_id": "{request_id}"},
    _TICKET + "/draft": {"kind": "note", "text": "canary-note"},
    _TICKET + "/saved": {"saved": "{saved}"},
    _TICKET + "/assign": {"assignee": "me"},
    _TICKET + "/snooze": {"until": "hour"},
    _TICKET + "/tags": {"add": "hours"},
    _TICKET + "/priority": {"priority": "high"},
    _TICKET + "/subject": {"subject": "hours"},
    _ACCOUNT + "/shared-keys": {"shared_key_id": "canary-key", "algorithm": "HMAC-SHA256", "secret": "s" * 32},
    "/settings/channels/new": {"account_sid": "{account_sid}", "phone_number": "{phone_number}"},
}
# What stands behind the path.
QUERIES = {"/live/presence": "ticket_id={ticket_id}", "/search": "q=canary"}


@dataclass(frozen=True)
class Line:
    """One route. `statuses` by who asks."""

    method: str
    template: str
    statuses: dict[str, int]


def _lines() -> list[Line]:
    rows = [row.split() for row in _TABLE.strip().splitlines()]
    return [Line(row[0], row[1], dict(zip(WHO, map(int, row[2:]), strict=True))) for row in rows]


LINES = _lines()
