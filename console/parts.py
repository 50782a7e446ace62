"""What handlers find in the application: the parts that the process is made of."""

from dataclasses import dataclass

from aiohttp import web

from client.services import Services
from console.drafts.drafts import Drafts
from console.mongo.database import Database
from console.settings import ConsoleSettings
from console.sign_in.agents import Agents
from console.sign_in.sessions import Sessions
from console.static_files import StaticFiles


@dataclass(frozen=True)
class Parts:
    """All of them live as long as the process."""

    settings: ConsoleSettings
    services: Services
    database: Database
    sessions: Sessions
    agents: Agents
    static_files: StaticFiles
    drafts: Drafts


PARTS = web.AppKey("parts", Parts)
