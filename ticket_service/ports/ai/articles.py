"""What is asked of whoever has the articles."""

from typing import Protocol

from ticket_service.domain.ai.articles import WholeArticle


class ArticleSource(Protocol):
    """Articles of all workspaces."""

    async def article(self, organization_id: str, workspace_id: str, article_id: str) -> WholeArticle:
        """As it is now. Raises NotFound when there is none, or none is shown, and another KevaError when it cannot be
        had now: asking again is safe."""
        ...
