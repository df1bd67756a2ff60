"""Reads C++ just well enough to check it: where code is, and where functions begin and end."""

import re

_TOKEN = re.compile(
    r'R"(?P<mark>[^\s()\\]{0,16})\((?P<raw>.*?)\)(?P=mark)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'"
    r"|//[^\n]*"
    r"|/\*.*?\*/",
    re.DOTALL,
)


def without_comments_and_strings(text):
    """The text with comments and literals blanked out; lines and columns stay."""

    def blank(match):
        found = match.group(0)
        if found.startswith('"') or found.startswith("'"):
            return found[0] + " " * (len(found) - 2) + found[-1]
        return re.sub(r"[^\n]", " ", found)

    return _TOKEN.sub(blank, text)


def without_strings(text):
    """The text with literals blanked out and comments kept."""

    def blank(match):
        found = match.group(0)
        if found.startswith("/"):
            return found
        return re.sub(r"[^\n]", " ", found)

    return _TOKEN.sub(blank, text)


def literals(text):
    """Yields (line, content) of each string; strings that stand side by side are one."""
    line, content, end = 0, None, 0
    for match in _TOKEN.finditer(text):
        found = match.group(0)
        if found.startswith("/"):
            continue
        between = _TOKEN.sub("", text[end:match.start()])
        if content is None or between.strip() or found.startswith("'"):
            if content is not None:
                yield line, content
            line, content = text.count("\n", 0, match.start()) + 1, ""
        content += match.group("raw") if match.group("raw") is not None else found[1:-1]
        end = match.end()
    if content is not None:
        yield line, content


def _without_preprocessor(code):
    return re.sub(
        r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
        lambda match: re.sub(r"[^\n]", " ", match.group(0)),
        code,
        flags=re.MULTILINE,
    )


def _kind_of_brace(head):
    """What a brace after this text opens, outside of functions."""
    head = head.strip()
    plain = re.sub(r"\btemplate\s*<[^{}]*?>\s*(?=\b(?:class|struct|union|enum|requires)\b)", "", head)
    if re.match(r"(?:inline\s+)?namespace\b", head) or re.match(r"extern\s*\"", head):
        return "scope"
    if re.match(r"(?:\w+\s+)*?(?:class|struct|union|enum)\b", plain) and "(" not in plain:
        return "scope"
    if ")" not in head:
        return "braces"
    # `Name() : member_{` opens an initialiser; the body comes after the last of them.
    if re.search(r"\)\s*(?:noexcept\s*)?:(?!:)[^;]*[\w>]$", head) and not re.search(
        r"(?:const|noexcept|override|final)$", head
    ):
        return "braces"
    return "function"


def functions(text):
    """Yields (first line, last line) of every function body, with the signature's first line."""
    code = _without_preprocessor(without_comments_and_strings(text))
    stack = []
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        inside_function = any(kind == "function" for kind, _ in stack)
        if match.group(0) == "{":
            if inside_function:
                stack.append(("inner", at))
                continue
            head = code[head_start:at]
            kind = _kind_of_brace(head)
            begin = head_start + len(head) - len(head.lstrip())
            stack.append((kind, begin))
            if kind == "scope":
                head_start = at + 1
        elif match.group(0) == "}":
            if not stack:
                continue
            kind, begin = stack.pop()
            if kind == "function":
                yield code.count("\n", 0, begin) + 1, code.count("\n", 0, at) + 1
            if kind in ("function", "scope"):
                head_start = at + 1
        elif not inside_function and not any(kind == "braces" for kind, _ in stack):
            head_start = at + 1
