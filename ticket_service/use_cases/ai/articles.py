"""Use case: an article that an answer or a suggestion names, for people to read."""

from servicekit.errors import KevaError, NotFound
from ticket_service import errors
from ticket_service.domain.ai.articles import WholeArticle
from ticket_service.ports.ai.articles import ArticleSource
from ticket_service.ports.workspaces import WorkspaceStore


class Articles:
    """Articles of all workspaces."""

    def __init__(self, workspaces: WorkspaceStore, source: ArticleSource) -> None:
        self._workspaces = workspaces
        self._source = source

    async def get_article(self, workspace_id: str, article_id: str) -> WholeArticle:
        """As it is now. Raises WORKSPACE_NOT_FOUND, ARTICLE_NOT_FOUND, RESPONDER_UNAVAILABLE."""
        organization_id = await self._workspaces.organization_of(workspace_id)
        try:
            return await self._source.article(organization_id, workspace_id, article_id)
        except NotFound:
            raise errors.article_not_found(article_id) from None
        except KevaError as error:
            raise errors.responder_unavailable() from error
