"""Commands that a page of the documentation shows, with what they print."""

import re


def commands(text: str) -> list[tuple[str, str]]:
    """Each command of the blocks for a console, and the lines below it."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines(keepends=True)
            end = next(i for i, line in enumerate(lines) if line[-2:] != "\\\n") + 1
            found.append(("".join(lines[:end]).strip(), "".join(lines[end:])))
    return found
