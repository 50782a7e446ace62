"""The parts of the examination, each with the responders that it needs: who is asked what, and what rows come of it."""

import dataclasses
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from dev.evaluation import ablation, conversations, drafts, marks, resources
from dev.evaluation.businesses import Business, without_questions, write_workspaces
from dev.evaluation.cases import Case
from dev.evaluation.conversations import Groups, Lines
from dev.evaluation.drafts import Verifier
from dev.evaluation.figures import Row
from dev.evaluation.grading import Counts, Grade
from dev.evaluation.model import running_model, settings_of
from dev.evaluation.runner import SHOP, RunningResponder, examine, running_responder
from dev.local_stack.processes import ChildProcess, Launch
from dev.local_stack.supervisor import StackError

TUNED_LINES = Lines(answered=0.70, handed_off=0.95)
# Of businesses that were written by others, and are looked at.
READ_LINES = Lines(handed_off=0.97)
WITHOUT_LINES = Lines(handed_off=0.97)
WITH_LINES = Lines(answered=0.60, handed_off=0.97, found=0.95)
# What finds sections by their meaning, an extra that may not be there.
BY_MEANING = {"KEVA_AI_EMBEDDING": "true"}
# One of a hundred.
_MOST_WRONG_TRAPS = 0.01

# Is told what is being done, and how often there will be news of it; returns what to call each time.
Progressing = Callable[[str, int], Callable[[], None]]


@dataclass(frozen=True)
class Material:
    """What is examined with: the shop's conversations, other businesses for developing, those of first sight."""

    shop: Sequence[Case]
    developing: Sequence[Business]
    first_sight: Sequence[Business]


class Examination:
    """Examines responders with `material`. `settings` are what they get beside their articles, such as a model;
    `called` says so in the rows' parts."""

    def __init__(
        self,
        material: Material,
        progress: Progressing,
        settings: Mapping[str, str] | None = None,
        launch: Launch = ChildProcess.start,
        called: str = "",
    ) -> None:
        self._called = f", {called}" if called else ""
        self._material = material
        self._progress = progress
        self._settings = settings or {}
        self._launch = launch

    async def tuned(self) -> dict[str, list[Grade]]:
        """The grades of what the answers were tuned on, by business."""
        shop, developing = self._material.shop, _with_questions(self._material.developing)
        told = self._progress("tuned", len(shop) + sum(len(b.conversations) + len(b.traps) for b in developing))
        grades: dict[str, list[Grade]] = {}
        if shop:
            async with self._responder({}) as responder:
                grades["shop"] = await examine(responder, SHOP, shop, told)
        if developing:
            async with self.responder_with(developing) as responder:
                for business in developing:
                    cases = [*business.conversations, *business.traps]
                    grades[business.name] = await examine(responder, business, cases, told)
        return grades

    async def first_sight(self) -> list[Row]:
        """The rows of the businesses that nobody tunes on: without and with their owners' example questions."""
        businesses = _with_questions(self._material.first_sight)
        told = self._progress("first sight", 2 * sum(len(b.conversations) + len(b.traps) for b in businesses))
        rows: list[Row] = []
        async with self.responder_with(businesses) as responder:
            for name, lines in (("without example questions", WITHOUT_LINES), ("with example questions", WITH_LINES)):
                bare = lines is WITHOUT_LINES
                asked = await _asked(responder, businesses, lambda b: b.conversations, bare, told)
                rows += conversations.rows(f"first sight, {name}{self._called}", asked, lines)
                traps = await _asked(responder, businesses, lambda b: b.traps, bare, told)
                rows += conversations.trap_rows(f"traps, {name}{self._called}", traps, _MOST_WRONG_TRAPS)
        return rows

    async def marks(self) -> list[Row]:
        """The rows of what has to be recognised, in offline mode."""
        businesses = [business for business in self._material.first_sight if business.marks]
        told = self._progress("marks", sum(len(business.marks) for business in businesses))
        async with self.responder_with(businesses) as responder:
            return await marks.rows("marks, offline", responder, businesses, told)

    async def model_mode(self, error_rate: float, seed: int) -> list[Row]:
        """The rows of model mode, with the simulator as the model: marks, drafts, and the memory."""
        businesses, few = self._material.first_sight, _with_questions(self._material.first_sight)
        number = sum(len(business.marks) + 2 * len(business.drafts) for business in businesses)
        told = self._progress("model mode", number + sum(len(business.drafts) for business in few))
        async with running_model(self._launch) as model:
            async with self.responder_with(businesses, settings_of(model)) as asked:
                rows = await marks.rows("marks, with a model", asked, businesses, told)
                by_code = await drafts.replay(asked, model, businesses, Verifier(None), told)
                checked = await drafts.replay(asked, model, businesses, Verifier(error_rate, seed), told)
            # One responder has rarely more workspaces than these.
            async with self.responder_with(few, settings_of(model)) as asked:
                await drafts.replay(asked, model, few, Verifier(None), told)
                memory = resources.memory_row("with a model", asked)
        return [*rows, *drafts.rows(by_code, checked, error_rate), memory]

    async def resources(self) -> list[Row]:
        """The rows of memory and processor time, without a model."""
        told = self._progress("resources", len(resources.longest(SHOP.articles)))
        async with self._responder({}) as responder:
            await examine(responder, SHOP, self._material.shop)
            processor = await resources.processor_row(responder, SHOP, told, self._called)
            return [processor, resources.memory_row(f"without a model{self._called}", responder, not self._called)]

    async def ablation(self, lists: Sequence[tuple[str, str]]) -> list[Row]:
        """A row per list (file, name) of the responder's data: what changes without it."""
        told = self._progress("lists left out", len(lists) + 1)
        usually = await self._outcomes(None)
        assert usually is not None
        told()
        rows: list[Row] = []
        for file, name in lists:
            rows.append(ablation.change(file, name, usually, await self._outcomes(ablation.command(file, name))))
            told()
        return rows

    async def _outcomes(self, command: Sequence[str] | None) -> dict[str, Counts] | None:
        """By business, with example questions; None when the responder of that command does not start."""
        shop = dataclasses.replace(SHOP, conversations=tuple(self._material.shop))
        businesses = [shop, *_with_questions([*self._material.developing, *self._material.first_sight])]
        counts = {}
        try:
            async with self.responder_with(businesses, command=command) as responder:
                for business in businesses:
                    cases = [*business.conversations, *business.traps]
                    counts[business.name] = Counts.of(await examine(responder, business, cases))
        except StackError:
            return None
        return counts

    @asynccontextmanager
    async def responder_with(
        self,
        businesses: Sequence[Business],
        settings: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
    ) -> AsyncIterator[RunningResponder]:
        """With a workspace of each business, and one without its example questions."""
        with tempfile.TemporaryDirectory(prefix="keva-evaluation-articles-") as folder:
            write_workspaces(Path(folder), businesses)
            given = {"KEVA_KNOWLEDGE_BASE_DIR": folder, **(settings or {})}
            async with self._responder(given, command) as responder:
                yield responder

    @asynccontextmanager
    async def _responder(
        self, settings: Mapping[str, str], command: Sequence[str] | None = None
    ) -> AsyncIterator[RunningResponder]:
        given = {**self._settings, **settings}
        async with running_responder(lambda _, __: None, given, self._launch, command) as responder:
            yield responder


def _with_questions(businesses: Iterable[Business]) -> list[Business]:
    """Those whose customers ask something: the others have drafts alone, and their articles need not be learned."""
    return [business for business in businesses if business.conversations or business.traps]


async def _asked(
    responder: RunningResponder,
    businesses: Sequence[Business],
    cases: Callable[[Business], Sequence[Case]],
    bare: bool,
    told: Callable[[], None],
) -> Groups:
    """The grades of those cases by business, with articles that are `bare` of example questions, or not."""
    grades = {}
    for business in businesses:
        workspace = without_questions(business.name) if bare else business.name
        grades[business.name] = await examine(responder, business, cases(business), told, workspace)
    return grades
