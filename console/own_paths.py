"""Where to go after a form: only to a page of ours."""


def own_path(value: object, otherwise: str) -> str:
    """`value` if it is the address of a page of ours, as forms have it in the field `back`; else `otherwise`. Browsers
    take `//host` and `/\\host` for another host."""
    path = value if isinstance(value, str) else ""
    is_ours = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if is_ours else otherwise
