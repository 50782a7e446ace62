"""`/settings/knowledge-base`: what customers asked and the AI could not answer, to be taken over into the articles."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from client.questions.dismissing import dismiss_questions
from client.questions.groups import Group, grouped, list_questions
from client.questions.markdown import as_markdown
from client.words.language import say
from console.pages.settings.article import read_article
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT

PATH = "/settings/knowledge-base"
# More groups than anybody reads at once.
_MOST_SHOWN = 50
# What the address says of the page: forms go back to the same one.
_WHERE = ("article", "section", "ticket")


@dataclass(frozen=True)
class Asked:
    """A group as it is shown; `markdown` is empty while nobody has answered."""

    group: Group
    markdown: str
    place: str

    @property
    def question_ids(self) -> Sequence[str]:
        """Of all that ask for the same."""
        return [question.question_id for question in self.group.questions]


async def show(request: web.Request) -> web.Response:
    """The newest, those that ask for the same together; with `?article=`, what that one says (`&section=`: there above
    all), and those that it was near. `&ticket=` is where one came from."""
    visit, query = request[VISIT], request.query
    named = query.get("article", "")
    groups = [one for one in grouped(await list_questions(visit.session)) if not named or one.is_near(named)]
    shown = [_asked(group) for group in groups[:_MOST_SHOWN]]
    context = {
        "asked": shown,
        "where": {name: query[name] for name in _WHERE if name in query},
        "more": len(groups) - len(shown),
        "article_id": named,
        "article": await read_article(visit, named, query.get("section", "")) if named else None,
        "ticket": query.get("ticket", "") if query.get("ticket", "").isdecimal() else "",
    }
    return render(request, "settings/knowledge_base.html", context)


async def dismiss(request: web.Request) -> web.Response:
    """Somebody has dealt with a group. Back to where they were: all questions, or those near an article."""
    visit, form = request[VISIT], await request.post()
    await dismiss_questions(visit.session, [str(each) for each in form.getall("question_id", ())])
    where = {name: str(form.get(name, "")) for name in _WHERE}
    return see_other(visit.url(PATH, **where), Toast(say("It is off the list.")))


def _asked(group: Group) -> Asked:
    used = group.used
    place = ""
    if used is not None:
        file = f"{used.article_id}.md"
        under = say("%(file)s, under the heading “%(section)s”", file=file, section=used.section)
        place = under if used.section else say("%(file)s, at its top", file=file)
    return Asked(group, as_markdown(group), place)


ROUTES = (web.get(PATH, show), web.post(f"{PATH}/dismiss", dismiss))
