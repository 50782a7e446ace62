"""The articles of a furniture shop, and the drafter over them."""

from pathlib import Path

import pytest

from responder_service.drafting.knowledge_answers import KnowledgeAnswers
from responder_service.knowledge.knowledge_base import KnowledgeBase
from tests.responder_service.written_articles import write_articles

ARTICLES = {
    "shipping.md": """---
title: Shipping
tags: [delivery]
---
## Canada
Q: do you ship to Canada?
Q: how much is shipping to Canada
Q: how long does shipping to Yukon take
We ship to **Canada** for $18. It takes 5 to 8 business days. See [rates](https://oak.example/rates).

Parcels to Yukon take 12 business days.

## United States
Shipping within the US costs $8.
""",
    "returns.md": """---
title: Returns
tags: [return]
applies_to: [chair]
---
## How to return
Q: how do I return something?
Q: how do I return furniture
You can return furniture within 30 days. Start at https://oak.example/returns

## Sale
Q: can I return what was on sale?
What was on sale cannot be returned.
""",
    "warranty.md": """---
title: Warranty
---
## Tables
Q: how long is the warranty on oak tables?
Oak tables have a 10 year warranty.

## Lamps
Q: how long is the warranty on lamps?
Lamps have a 2 year warranty.
""",
    "gifts.md": """---
title: Gift cards
tags: [gift card, voucher]
---
Q: do gift cards expire?
Gift cards never expire.
""",
    "history.md": f"""---
title: Our history
tags: [founded, history]
---
Our workshop was founded in 1921 {"and kept on making chairs " * 20}.
""",
    "assembly.md": f"""---
title: Assembly
---
Q: how long does assembly take?
Assembly takes an hour. {"It needs two people and a screwdriver that comes with it. " * 6}
""",
    "es/envios.md": """---
title: Envíos
tags: [envio]
language: es
---
## Canadá
Q: ¿envían a Canadá?
Enviamos a Canadá por $18.
""",
    "es/horario.md": """---
title: Horario
tags: [abierto]
language: es
---
Q: ¿a qué hora abren?
Abrimos de lunes a viernes de 9 a 17 h.
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The articles of a furniture shop."""
    return write_articles(tmp_path_factory.mktemp("articles"), ARTICLES)


@pytest.fixture
async def answers(folder: Path) -> KnowledgeAnswers:
    """The drafter over these articles."""
    knowledge_base = KnowledgeBase(folder)
    await knowledge_base.load()
    return KnowledgeAnswers(knowledge_base, max_segments=2)
