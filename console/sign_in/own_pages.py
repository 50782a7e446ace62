"""Where somebody goes after signing in."""

from urllib.parse import urlsplit

from console.own_paths import own_path

_WAYS_IN_AND_OUT = ("/sign-in", "/sign-out", "/welcome/")


def own_page(target: str) -> str:
    """`target` if it is a page of ours that needs a session; else `/`."""
    path = own_path(target, "/")
    return "/" if urlsplit(path).path.startswith(_WAYS_IN_AND_OUT) else path
