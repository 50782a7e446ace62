"""Imported by the process that test workers are forked from: all tests are imported and collected once, not by each."""

import contextlib
import json
import os

import pytest


def _collect() -> None:
    paths = json.loads(os.environ.pop("KEVA_TEST_PATHS"))
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        # What cannot be collected is told by the workers, who do it again.
        pytest.main(["-p", "no:xdist", "-p", "no:cacheprovider", "--collect-only", "-qq", *paths])


_collect()
