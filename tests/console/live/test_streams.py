"""How many pages of one session are kept up to date."""

from contextlib import ExitStack

import pytest

from client.failure import Failure
from console.live.streams import Streams


def test_one_session_has_only_so_many_streams_and_others_have_theirs() -> None:
    streams = Streams(most=4, most_of_session=2)
    with ExitStack() as opened:
        for session in ("dana", "dana", "sam"):
            opened.enter_context(streams.counted(session, lambda: True))
        with pytest.raises(Failure, match="Too many pages"), streams.counted("dana", lambda: True):
            pass
        opened.enter_context(streams.counted("sam", lambda: True))
        with pytest.raises(Failure, match="Too many pages"), streams.counted("eve", lambda: True):
            pass

    with streams.counted("dana", lambda: True):
        pass


def test_streams_whose_browser_has_left_the_page_do_not_count() -> None:
    streams = Streams(most_of_session=1)
    with ExitStack() as opened:
        opened.enter_context(streams.counted("dana", lambda: False))
        opened.enter_context(streams.counted("dana", lambda: True))
        with pytest.raises(Failure):
            opened.enter_context(streams.counted("dana", lambda: True))
