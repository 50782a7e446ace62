"""The console as somebody who acts: where it acts for nobody, whoever has asked it for something."""

from servicekit.rpc.request_context import ACTOR_METADATA, Actor

ITSELF = Actor("service", "console")
# Of calls of RPCs that it may make so: without it, calls name whoever has called the console.
AS_ITSELF = ((ACTOR_METADATA, str(ITSELF)),)
