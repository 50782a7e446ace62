"""Drafts are made on several threads at once, from the first one on: none disturbs another."""

import subprocess
import sys

import pytest

from dev.evaluation.runner import ARTICLES

# In a process of its own, where nothing has been read, compiled or kept yet.
_PROGRAM = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from responder_service.drafting.conversation import Conversation, Line, Role
from responder_service.drafting.knowledge_answers import KnowledgeAnswers
from responder_service.drafting.triage import triage
from responder_service.knowledge.knowledge_base import KnowledgeBase
import asyncio

texts = [
    "Do you ship to Canada?", "how long do refunds take", "Is there parking?", "can mugs go in the dishwasher",
    "¿Cuánto cuesta el envío a Canadá?", "abren los domingos?", "my parcel arrived broken, what now",
    "is the glaze lead free?",
] * 2
base = KnowledgeBase(Path(sys.argv[1]))
asyncio.run(base.load())
answers = KnowledgeAnswers(base, 2)

def said(text):
    conversation = Conversation("o", "default", "t", (Line(Role.CUSTOMER, text),))
    return repr((triage(conversation), answers._answer(conversation)))

sys.setswitchinterval(1e-6)
start = threading.Barrier(6)

def all_of_them(_):
    start.wait()
    return [said(text) for text in texts]

with ThreadPoolExecutor(6) as threads:
    together = list(threads.map(all_of_them, range(6)))
alone = [said(text) for text in texts]
assert all(each == alone for each in together), "threads disturb each other"
"""


@pytest.mark.parametrize("run", range(2))
def test_the_first_drafts_of_a_process_do_not_disturb_each_other(run: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(ARTICLES.parent)], capture_output=True, text=True, check=False, timeout=300
    )

    assert (ended.returncode, ended.stderr) == (0, "")
