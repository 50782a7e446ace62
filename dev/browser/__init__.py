"""A browser for tests: Chromium, packed by @sparticuz/chromium for machines that have nothing, and axe-core.

`make test` fetches both from npm into .venv/browser. Nothing that is shipped uses them.
"""
