"""Questions that ask for the same, together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from client.paging import one_page
from client.session import Session
from keva.ticket.v1 import question_pb2, suggestion_pb2

Question = question_pb2.UnansweredQuestion
# So many of the newest are read.
MOST_QUESTIONS = 500
# Which share of their words two have in common that ask for the same; less where the same section is near both.
_SIMILAR, _SIMILAR_NEAR = 0.5, 0.25
_WORD = re.compile(r"\w{3,}")


@dataclass
class Group:
    """Questions, the newest first; there is at least one."""

    questions: list[Question] = field(default_factory=list)

    @property
    def answer(self) -> str:
        """What a person has answered lately; empty while nobody has."""
        return next((question.answer for question in self.questions if question.answer), "")

    @property
    def used(self) -> suggestion_pb2.SuggestedArticle | None:
        """The section that an answer was made from, if one was."""
        return next((q.used_article for q in self.questions if q.HasField("used_article")), None)

    @property
    def texts(self) -> list[str]:
        """What was asked, each once."""
        return list(dict.fromkeys(map(words_of, self.questions)))

    def is_near(self, article_id: str) -> bool:
        """Whether an article was near one of them, or answered one."""
        near = (article for question in self.questions for reply in question.suggestions for article in reply.articles)
        of_article = (article.article_id == article_id for article in near)
        return any(of_article) or (self.used is not None and self.used.article_id == article_id)

    def takes(self, question: Question) -> bool:
        """Whether that asks for the same."""
        if self.used is not None and question.HasField("used_article"):
            return self.used == question.used_article
        first = self.questions[0]
        is_near = _near(first) is not None and _near(first) == _near(question)
        return _likeness(first, question) >= (_SIMILAR_NEAR if is_near else _SIMILAR)


async def list_questions(session: Session) -> list[Question]:
    """The newest of the workspace. Raises Failure."""
    request = question_pb2.ListUnansweredQuestionsRequest(workspace_id=session.workspace_id)
    rpc = session.services.tickets.ListUnansweredQuestions
    found, _ = await one_page(session, rpc, request, lambda page: page.questions, size=MOST_QUESTIONS)
    return found


def grouped(questions: Sequence[Question]) -> list[Group]:
    """Groups, in the order of the newest question of each."""
    groups: list[Group] = []
    for question in questions:
        group = next((group for group in groups if group.takes(question)), None)
        if group is None:
            groups.append(group := Group())
        group.questions.append(question)
    return groups


def words_of(question: Question) -> str:
    """What was asked, all texts of it on one line."""
    return " ".join(" ".join(question.texts).split())


def _near(question: Question) -> tuple[str, str] | None:
    articles = [article for reply in question.suggestions[:1] for article in reply.articles[:1]]
    return (articles[0].article_id, articles[0].section) if articles else None


def _likeness(one: Question, other: Question) -> float:
    first, second = (set(_WORD.findall(words_of(each).casefold())) for each in (one, other))
    return len(first & second) / len(first | second) if first | second else 1.0
