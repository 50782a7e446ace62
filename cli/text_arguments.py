"""Arguments that people write freely: a reply may begin with a dash, as a list does, and is no option for that."""

import re
from collections import deque
from typing import Any

from typer.core import TyperCommand

# `-x`, `--word` or `--word=value`. What has a space before the `=`, or a digit or nothing after the dash, is text.
_OPTION = re.compile(r"--?[A-Za-z][\w-]*(=.*)?\Z", re.DOTALL)


class TextTakingCommand(TyperCommand):
    """A command whose arguments may begin with a dash, unless they look like an option; then `--` goes before them."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Typer's."""
        return super().parse_args(ctx, self._options_first(args))

    def _options_first(self, args: list[str]) -> list[str]:
        """Options, then `--`, then arguments: behind it nothing is taken for an option."""
        options: list[str] = []
        arguments: list[str] = []
        left = deque(args)
        while left:
            word = left.popleft()
            if word == "--":
                arguments += left
                break
            if not _OPTION.match(word):
                arguments.append(word)
                continue
            options.append(word)
            if word in self._options_with_a_value():
                if not left:
                    # Its value is missing, which Typer says.
                    return args
                options.append(left.popleft())
        return [*options, "--", *arguments] if arguments else options

    def _options_with_a_value(self) -> set[str]:
        options: list[Any] = [param for param in self.params if param.param_type_name == "option"]
        return {name for option in options if not (option.is_flag or option.count) for name in option.opts}
