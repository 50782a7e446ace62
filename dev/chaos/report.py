"""What a run came to, for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dev.chaos.plan import Plan
from dev.chaos.reconcile import Books
from dev.chaos.watcher import Seen
from dev.chaos.written import Written

_SHOWN = 10


@dataclass(frozen=True)
class Report:
    """One run. `seconds`: of the load, and until all was quiet after it. `leaks`: what was found in databases and
    logs that must not be there. `seen`: what a watcher of events saw. `consent_broken`: who was texted against
    their word, or not answered. `resting`: what is known of each unsent reply."""

    plan: Plan
    books: Books
    acknowledged: int
    trouble: Mapping[str, int]
    load_seconds: float
    quiet_seconds: float
    leaks: Sequence[str]
    seen: Seen
    consent_broken: Sequence[str] = ()
    written: Written = field(default_factory=Written)
    resting: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Whether all promises were kept, and nothing was left open."""
        kept = self.books.promises_kept and self.seen.promises_kept
        return kept and self.books.quiet and not self.leaks and not self.consent_broken

    def lines(self) -> list[str]:
        """The report."""
        books, trouble = self.books, self.trouble
        return [
            f"seed {self.plan.seed}: {'all promises kept' if self.passed else 'A PROMISE IS BROKEN'}",
            f"  trouble   {trouble['kill']} kills, {trouble['pause']} pauses, {trouble['restart']} restarts, "
            f"{trouble['fault']} faults of Twilio's, over {self.load_seconds:.0f} s with {self.plan.size.replicas} "
            f"replica(s); quiet {self.quiet_seconds:.0f} s later",
            f"  texts     {books.texts} sent, {self.acknowledged} acknowledged, {books.recovered} recovered, "
            f"{len(books.lost)} lost, {len(books.doubled)} duplicated, {books.out_of_order} out of order, "
            f"{len(books.unknown_texts)} that Twilio does not know, "
            f"{len(books.misplaced)} changed or on another ticket",
            f"  replies   {books.replies} accepted, {books.sent_once} sent once, {len(books.sent_twice)} sent twice, "
            f"{len(books.unsent)} unsent, {len(books.given_up)} given up as documented, "
            f"{len(books.overtaken)} overtaken by a later one, "
            f"{len(books.unknown_sms)} SMS that nobody wrote, "
            f"{len(books.unsettled)} whose delivery is not known",
            f"  agents    {self.written.newer} replies refused since there was something newer, {len(books.crossed)} "
            f"crossed unseen; {books.cancelled} cancelled before they left, {len(books.sent_though_cancelled)} of them "
            f"sent, {len(books.not_cancelled)} something else; "
            f"{len(self.plan.first_texts)} texted first, {len(books.split_threads)} with two tickets",
            f"  consent   {len(self.plan.pairs)} customers who stopped one number and asked another, "
            f"{len(self.consent_broken)} faults",
            f"  events    {self.seen.records} recorded, followed in {self.seen.lives} lives: "
            f"{len(self.seen.missed)} missed, {len(self.seen.disordered)} out of order, "
            f"{len(self.seen.refused)} refusals",
            f"  secrets   {len(self.leaks)} Auth Tokens, texts and whole numbers in databases, logs and metrics that "
            "must hold none",
            *self._named(),
        ]

    def _named(self) -> list[str]:
        named: dict[str, Sequence[str]] = {
            "lost": self.books.lost,
            "duplicated": self.books.doubled,
            "not known to Twilio": self.books.unknown_texts,
            "changed or on another ticket": self.books.misplaced,
            "sent twice": self.books.sent_twice,
            "unsent": self.books.unsent,
            "overtaken": self.books.overtaken,
            "crossed unseen": self.books.crossed,
            "sent though cancelled": self.books.sent_though_cancelled,
            "cancelled, and something else": self.books.not_cancelled,
            "on two tickets": self.books.split_threads,
            "written by nobody": self.books.unknown_sms,
            "delivery not known": self.books.unsettled,
            "found where it must not be": self.leaks,
            "consent": self.consent_broken,
            "events missed": self.seen.missed,
            "events out of order": self.seen.disordered,
            "watcher refused": self.seen.refused,
        }
        lines = [f"  {what}: {', '.join(ids[:_SHOWN])}" for what, ids in named.items() if ids]
        ended = [f"  given up: {message_id}: {why}" for message_id, why in self.books.given_up.items()]
        return [*lines, *(f"  unsent: {line}" for line in self.resting), *ended]
