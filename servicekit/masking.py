"""Phone numbers as whoever reads logs and audit records may see them. Apart from phone_numbers.py: every process logs,
and most know no phone number."""


def mask(address: str) -> str:
    """`address` with all but its last four digits hidden."""
    digits = sum(c.isdigit() for c in address)
    kept = 4 if digits > 4 else 0
    masked = []
    for c in address:
        if c.isdigit():
            masked.append(c if digits <= kept else "*")
            digits -= 1
        else:
            masked.append(c)
    return "".join(masked)
