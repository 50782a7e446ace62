"""Whether a sentence holds the kind of answer that is asked for."""

import pytest

from responder_service.drafting.evidence import holds


@pytest.mark.parametrize(
    ("kind", "sentence", "held"),
    [
        pytest.param("price", "It costs $18.", True, id="dollars"),
        pytest.param("price", "Das kostet 5 €.", True, id="euros"),
        pytest.param("price", "Parking is free.", True, id="free"),
        pytest.param("price", "It weighs 9 pounds.", False, id="a weight"),
        pytest.param("price", "Ask us for prices.", False, id="no amount"),
        pytest.param("duration", "It takes 75 minutes.", True, id="minutes"),
        pytest.param("duration", "Une semaine environ.", True, id="a week"),
        pytest.param("duration", "Costs $18.", False, id="no time"),
        pytest.param("time", "From 2 pm to 8 pm.", True, id="a time"),
        pytest.param("time", "Ab 14 Uhr.", True, id="German time"),
        pytest.param("time", "On Monday.", False, id="a day is not a time"),
        pytest.param("day", "Closed on Mondays.", True, id="a day"),
        pytest.param("day", "From 9 am.", False, id="a time is not a day"),
        pytest.param("contact", "Write to us: a@b.example", True, id="an address"),
        pytest.param("reason", "Because we like it.", False, id="no sentence shows a reason"),
    ],
)
def test_holds(kind: str, sentence: str, held: bool) -> None:
    assert holds(sentence, [kind]) is held
