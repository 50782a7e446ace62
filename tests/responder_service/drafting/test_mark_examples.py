"""What resembles known dangers and money matters is seen in words that nobody wrote down; most of the rest is not."""

from pathlib import Path

import pytest
import yaml

from responder_service.drafting.conversation import Line, Role
from responder_service.drafting.mark_examples import resembles
from responder_service.drafting.marks import mark

UNSEEN = yaml.load(Path(__file__).with_name("unseen_marks.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


@pytest.mark.parametrize(
    ("name", "share"),
    [
        pytest.param("SAFETY_MATTER", 0.8, id="danger"),
        pytest.param("PAYMENT_MATTER", 0.6, id="money"),
        # All of these sound like one of both.
        pytest.param("NONE", 0.8, id="what only sounds like it"),
    ],
)
def test_texts_that_nobody_saw_before_get_their_mark(name: str, share: float) -> None:
    marks = [mark([Line(Role.CUSTOMER, text)]) for text in UNSEEN[name]]

    right = sum((found.value if found else "NONE") == name for found in marks)

    assert right >= share * len(marks)


def test_danger_is_seen_in_the_middle_of_a_story() -> None:
    told = ["we went to the lake on monday with the kids and had a nice time there", "mi hijo se trago una pila",
            "tomorrow we wanted to go to the zoo and see the elephants if the weather is good"]  # fmt: skip

    assert resembles("safety", told)


def test_a_text_without_a_known_word_resembles_nothing() -> None:
    assert not resembles("safety", ["qqq zzz"])
    assert not resembles("payment", [""])
