"""What handlers find in the application: the parts that the process is made of."""

from dataclasses import dataclass

from aiohttp import web

from client.services import Services
from console.batches.batch import BatchStore
from console.drafts.drafts import Drafts
from console.live.counts import KnownCounts
from console.live.hub import Hubs
from console.live.preferences import KnownPreferences
from console.live.presence import PresenceBoard
from console.live.streams import Streams
from console.mongo.database import Database
from console.settings import ConsoleSettings
from console.sign_in.agents import Agents
from console.sign_in.sessions import Sessions
from console.sign_in.signing_in import SigningIn
from console.static_files import StaticFiles
from servicekit.http.sources import Sources


@dataclass(frozen=True)
class Parts:
    """All of them live as long as the process."""

    settings: ConsoleSettings
    services: Services
    database: Database
    sessions: Sessions
    agents: Agents
    signing_in: SigningIn
    sources: Sources
    static_files: StaticFiles
    drafts: Drafts
    hubs: Hubs
    streams: Streams
    presence: PresenceBoard
    preferences: KnownPreferences
    counts: KnownCounts
    batches: BatchStore


PARTS = web.AppKey("parts", Parts)
