"""`keva up`."""

from typing import Any


async def test_up_runs_the_local_stack_with_its_options(keva: Any) -> None:
    keva.starts_python = True
    stack = keva.folder / "dev" / "local_stack"
    stack.mkdir(parents=True)
    for package in (stack.parent, stack):
        (package / "__init__.py").touch()
    (stack / "__main__.py").write_text("def main(argv):\n    print(argv)\n    return 7\n")

    result = await keva("up", "--demo", "--once")

    assert (result.status, result.output) == (7, "['--demo', '--once']\n")
