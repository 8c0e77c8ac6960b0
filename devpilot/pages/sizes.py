"""A number of bytes as people say it."""

KIB, MIB = 1024, 1024 * 1024


def size(number: int) -> str:
    """In KiB, or from one MiB on in MiB with a decimal where it says more."""
    if number >= MIB:
        return f"{number / MIB:.1f}".removesuffix(".0") + " MiB"
    return f"{round(number / KIB)} KiB"
