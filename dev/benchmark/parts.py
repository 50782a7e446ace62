"""The parts of a benchmark: each measures, prints, and keeps its results. Each says whether all was right: every 200
stands for a stored text, every accepted reply for one SMS."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dev.benchmark import mix as mixes
from dev.benchmark import overload as overloads
from dev.benchmark import plot, replies, tables, throughput, words
from dev.benchmark.browsers import measuring as browsers
from dev.benchmark.figures import plain
from dev.benchmark.folder import ResultFolder
from dev.benchmark.growth import measuring
from dev.benchmark.summary import foreign, per_text, summaries, wrong

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


class Parts:
    """They write to `console` and into `folder`."""

    def __init__(self, console: Console, folder: ResultFolder) -> None:
        self._console = console
        self._folder = folder

    def say(self, line: str) -> None:
        """One line, whatever characters it has."""
        self._console.print(line, markup=False, soft_wrap=True)

    async def speed(self, series: throughput.Series) -> bool:
        """Throughput, latency and costs."""
        total = len(series.levels) * series.repetitions * 2
        with Progress(*_COLUMNS, console=self._console, transient=True) as progress:
            task = progress.add_task("starting Keva", total=total)

            def done(run: throughput.Measured) -> None:
                name = f"repetition {run.repetition + 1}, {run.level}, {run.who}: {plain(run.result.rate)}/s"
                progress.update(task, advance=1, description=name)

            with self._folder.stack("speed") as stack:
                measured = self._folder.put("throughput", await throughput.measure(series, stack, done))
        levels = summaries(measured["runs"])
        for table in (tables.speed(levels), tables.cpu(levels), tables.processes(measured)):
            self._console.print(table)
        (self._folder.path / "speed.svg").write_text(plot.picture(levels))
        for level, counters in per_text(measured["runs"]).items():
            self.say(f"Database, {level}, per text: {words.figures(counters)}")
        self.say(words.foreign_line(foreign(measured["runs"])))
        mistakes = wrong(measured["runs"])
        for mistake in mistakes or ["Every text was answered 200 and is stored once."]:
            self.say(mistake)
        return not mistakes

    async def mix(self, mix: mixes.Mix, name: str = "mix") -> bool:
        """A busy minute."""
        with self._folder.stack(name) as stack:
            result = await mixes.measure(mix, stack, self.say)
        for line in words.mix_lines(result):
            self.say(line)
        self._folder.put(name, result)
        return result.is_clean

    async def replies(self, batch: replies.Batch) -> bool:
        """Replies at rest, and many."""
        with self._folder.stack("replies") as stack:
            result = await replies.measure(batch, stack, self.say)
        for line in words.reply_lines(result):
            self.say(line)
        self._folder.put("replies", result)
        return result.is_clean

    async def growth(self, growth: measuring.Growth) -> bool:
        """The same with more and more tickets."""
        measured = self._folder.put("growth", await measuring.measure(growth, self._folder, self.say))
        self._console.print(tables.growth(measured["sizes"]))
        self._console.print(tables.questions(measured["sizes"]))
        self._console.print(tables.pages(measured["sizes"]))
        runs = [run for size in measured["sizes"] for run in size["runs"]]
        self.say(words.foreign_line(foreign(runs)))
        mistakes = [*wrong(runs), *words.failed_pages(measured["sizes"])]
        for mistake in mistakes:
            self.say(mistake)
        for line in words.slow_pages(measured["sizes"]):
            self.say(line)
        return not mistakes

    async def overload(self, overload: overloads.Overload) -> bool:
        """More than Keva can take."""
        with self._folder.stack("overload") as stack:
            result = await overloads.measure(overload, stack, self.say)
        for line in words.overload_lines(result):
            self.say(line)
        self._folder.put("overload", result)
        return result.is_clean

    async def live(self, live: browsers.Live) -> bool:
        """Many pages that are open."""
        with self._folder.stack("live") as stack:
            result = await browsers.measure(live, stack, self.say)
        for line in words.live_lines(result):
            self.say(line)
        self._folder.put("live", result)
        return result.is_clean
