"""The articles of a furniture shop, and the drafter over them."""

from pathlib import Path

import pytest

from responder_service.drafting.knowledge_answers import KnowledgeAnswers
from responder_service.knowledge.knowledge_base import KnowledgeBase

ARTICLES = {
    "shipping.md": """---
title: Shipping
tags: [delivery]
---
## Canada
We ship to **Canada** for $18. It takes 5 to 8 business days. See [rates](https://oak.example/rates).

Parcels to Yukon take 12 business days.

## United States
Shipping within the US costs $8.
""",
    "returns.md": """---
title: Returns
tags: [return]
---
## How to return
You can return furniture within 30 days. Start at https://oak.example/returns

## Sale
What was on sale cannot be returned.
""",
    "warranty.md": """---
title: Warranty
applies_to: [chair]
---
## Tables
Oak tables have a 10 year warranty.

## Lamps
Lamps have a 2 year warranty.
""",
    "gifts.md": """---
title: Gift cards
tags: [gift card, voucher]
---
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
Assembly takes an hour. {"It needs two people and a screwdriver that comes with it. " * 6}
""",
    "es/envios.md": """---
title: Envíos
tags: [envio]
language: es
---
## Canadá
Enviamos a Canadá por $18.
""",
    "es/horario.md": """---
title: Horario
tags: [abierto]
language: es
---
Abrimos de lunes a viernes de 9 a 17 h.
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The articles of a furniture shop."""
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        path = folder / "default" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
async def answers(folder: Path) -> KnowledgeAnswers:
    """The drafter over these articles."""
    knowledge_base = KnowledgeBase(folder)
    await knowledge_base.load()
    return KnowledgeAnswers(knowledge_base, max_segments=2)
