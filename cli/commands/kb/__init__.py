"""`keva kb`: articles as files (check, search) and as the AI has them (show), and what customers asked that none of
them answers."""

from cli.command import command
from cli.commands.kb.articles import group
from cli.commands.kb.dismiss import dismiss
from cli.commands.kb.questions import questions
from cli.commands.kb.show import show

command(group, "show")(show)
command(group, "questions")(questions)
command(group, "dismiss")(dismiss)
