"""A browser, as its owner would call it."""

from console.sign_in.session import Browser

# Which words of its User-Agent header say what it is: the first that is there counts, since all claim to be Safari.
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str, source: str) -> Browser:
    """`source`: the network that the request came from, as an address or as network/bits; empty when nobody knows."""
    program, system = _first(_PROGRAMS, user_agent), _first(_SYSTEMS, user_agent)
    name = f"{program} on {system}" if program and system else program or system
    return Browser(name, masked(source))


def masked(source: str) -> str:
    """The address without the end that names one machine: 203.0.113.… or 2001:db8:1:…"""
    if "." in source:
        return ".".join(source.split(".")[:3]) + ".…"
    return ":".join(source.split(":")[:3]) + ":…" if ":" in source else ""


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for word, name in names if word in user_agent), "")
