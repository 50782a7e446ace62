"""What goes over the wire to a mongod."""

import asyncio

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent


class Wire(CommandListener):
    """Notes each command with its collection, such as `find tickets`, and all that one reads together, such as
    `aggregate customers, channels`."""

    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        collection = event.command[event.command_name]
        further = [stage["$unionWith"] for stage in event.command.get("pipeline", ()) if "$unionWith" in stage]
        collections = ", ".join([str(collection), *(union["coll"] for union in further)])
        named = f"{event.command_name} {collections}" if isinstance(collection, str) else event.command_name
        self.commands.append(named)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        self.commands.append(f"{event.command_name} failed")

    async def until(self, command: str) -> None:
        """Returns once `command` has been sent."""
        async with asyncio.timeout(90):
            # The driver's threads note commands.
            while command not in self.commands:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
