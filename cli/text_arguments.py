"""Arguments that people write freely: a reply may begin with a dash, as a list does, and is still not an option."""

import re
from collections import deque
from functools import cached_property
from typing import Any

from typer.core import TyperCommand

# `-x`, `--word` or `--word=value`. What has a space before the `=`, or a digit or nothing after the dash, is text.
_OPTION = re.compile(r"--?[A-Za-z][\w-]*(=.*)?\Z", re.DOTALL)


class TextTakingCommand(TyperCommand):
    """A command whose arguments may begin with a dash, unless they look like an option; then `--` goes before them. A
    word behind one dash, such as `-thanks`, looks like one only if the command has it, even with two dashes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Typer's."""
        return super().parse_args(ctx, self._options_first(ctx, args))

    def _options_first(self, ctx: Any, args: list[str]) -> list[str]:
        """Options, then `--`, then arguments: behind it nothing is taken for an option."""
        options: list[str] = []
        arguments: list[str] = []
        left = deque(args)
        while left:
            word = left.popleft()
            if word == "--":
                arguments += left
                break
            if not self._is_option(ctx, word):
                arguments.append(word)
                continue
            options.append(word)
            if word in self._options_with_a_value:
                if not left:
                    # Its value is missing, which Typer says.
                    return args
                options.append(left.popleft())
        return [*options, "--", *arguments] if arguments else options

    def _is_option(self, ctx: Any, word: str) -> bool:
        if not _OPTION.match(word):
            return False
        if word.startswith("--") or len(word) == len("-x"):
            return True
        name = word[1:].partition("=")[0]
        letters = {f"-{letter}" for letter in name}
        flags = {*self._flags, *ctx.help_option_names}
        # `-ofile`, `-ab` of two flags, and an option that lacks a dash: that is more likely a slip than a text.
        return word[:2] in self._options_with_a_value or letters <= flags or f"--{name}" in flags | self._all_names

    @cached_property
    def _options_with_a_value(self) -> set[str]:
        return {name for option in self._options if not self._is_flag(option) for name in option.opts}

    @cached_property
    def _flags(self) -> set[str]:
        return {name for option in self._options if self._is_flag(option) for name in option.opts}

    @cached_property
    def _all_names(self) -> set[str]:
        return {name for option in self._options for name in (*option.opts, *option.secondary_opts)}

    @cached_property
    def _options(self) -> list[Any]:
        return [param for param in self.params if param.param_type_name == "option"]

    @staticmethod
    def _is_flag(option: Any) -> bool:
        return bool(option.is_flag or option.count)
