"""What would make two runs from one seed differ: orders that nothing fixes, and clocks in SQL."""

import os
import re

import cpp_text

_PRODUCT = re.compile(r"(?:chassis|services|app)/")
_TESTS = re.compile(r".*(?:_(?:test|fuzz|bench)\.cpp|_testing\.[ch]pp|/test_\w+\.[ch]pp)$")

# `unordered_map<...> name`, or a map or set whose key is a pointer; the closing bracket is found
# by counting.
_CONTAINER = re.compile(r"\b(?:(unordered_(?:multi)?(?:map|set))|(?:multi)?(?:map|set))\s*<")
_POINTER_KEY = re.compile(r"\s*[\w:\s]+(?:<[^<>]*>)?\s*(?:const\s*)?\*\s*(?:const\s*)?[,>]")

_SQL_WORDS = re.compile(
    r"\b(?:current_(?:timestamp|time|date)\b|(?:datetime|strftime|unixepoch|julianday|now|getdate"
    r"|sysutcdatetime|clock_timestamp)\s*\(|(?:date|time)\s*\(\s*'now'"
    r"|(?:random|randomblob|newid|gen_random_uuid)\s*\()", re.IGNORECASE)
_BUSY = re.compile(r"\bbusy_timeout\b", re.IGNORECASE)
_SELECT = re.compile(r"(?:^|[\s(])select\b(?P<list>.*?)\bfrom\s+(?P<rest>.*)$", re.IGNORECASE | re.DOTALL)
_ONE_ROW = re.compile(r"\s+(?:(?:coalesce\s*\(\s*)?(?:count|min|max|sum|total)\s*\(|1\s+$|exists\b)",
                      re.IGNORECASE)

# Unique keys by which one row is looked up: such a SELECT needs no order.
LOOK_UPS = {
    "deliveries": [{"id"}, {"message_id", "consumer"}],
    "events": [{"aggregate_id", "aggregate_type", "aggregate_version"}],
    "idempotency": [{"lookup"}],
    "reservations": [{"order_id"}],
    "writer_state": [{"writer_id"}],
}


def _closing(text, opening):
    """Behind the `>` that closes the `<` before `opening`."""
    depth = 1
    for at in range(opening, len(text)):
        if text[at] == "<":
            depth += 1
        elif text[at] == ">" and text[at - 1] != "-":
            depth -= 1
            if depth == 0:
                return at + 1
        elif text[at] in ";{":
            break
    return len(text)


def _unordered_names(code):
    """Names of variables and members whose order differs from run to run."""
    names = set()
    for found in _CONTAINER.finditer(code):
        if not found.group(1) and not _POINTER_KEY.match(code, found.end()):
            continue
        name = re.match(r"[&\s]*(\w+)\s*[;={(,)]", code[_closing(code, found.end()):])
        if name:
            names.add(name.group(1))
    return names


def _own_header(root, path):
    header = os.path.join(root, re.sub(r"\.cpp$", ".hpp", path))
    if path.endswith(".hpp") or not os.path.isfile(header):
        return ""
    with open(header, encoding="utf-8") as file:
        return cpp_text.without_comments_and_strings(file.read())


def order_faults(root, path, text):
    """Yields (line, message) for loops over containers whose order nothing fixes."""
    code = cpp_text.without_comments_and_strings(text)
    names = _unordered_names(code) | _unordered_names(_own_header(root, path))
    if not names:
        return
    any_of = "|".join(sorted(names))
    loop = re.compile(rf"\bfor\s*\([^;{{}}]*?(?<!:):(?!:)\s*[\w.>()-]*?\b({any_of})\s*\)"
                      rf"|\bfor\s*\([^;{{}}]*=\s*[\w.>-]*?\b({any_of})\s*(?:\.|->)\s*c?begin\(")
    for found in loop.finditer(code):
        name = found.group(1) or found.group(2)
        yield (code.count("\n", 0, found.start()) + 1,
               f"{name} is walked in an order that differs from run to run; keep it in a std::map "
               "by value or in a vector, or sort first")


def _conditions(rest):
    """The columns that must be equal to something; None when there are other conditions."""
    found = re.match(r"(\w+)\s+where\s+(.*)$", rest, re.IGNORECASE | re.DOTALL)
    if not found:
        return None
    parts = re.split(r"\s+and\s+", found.group(2).strip(), flags=re.IGNORECASE)
    columns = [re.fullmatch(r"(\w+)\s*=\s*(?:\?|\d+|'\w*')\)?", part) for part in parts]
    if not all(columns):
        return None
    return found.group(1), {column.group(1) for column in columns}


def _is_look_up(rest):
    looked_up = _conditions(rest)
    return looked_up is not None and any(key <= looked_up[1]
                                         for key in LOOK_UPS.get(looked_up[0], []))


def _sql_faults_of(literal):
    word = _SQL_WORDS.search(literal)
    if word and re.match(r"\s*(?:select|insert|update|delete|with|create|alter|pragma)\b", literal,
                         re.IGNORECASE):
        yield f"{word.group(0)} asks the database for time or chance; give it as a parameter, from Env"
    if _BUSY.search(literal):
        yield "busy_timeout sleeps; a busy database is FailureKind::transient"
    if re.match(r"\s*create\b", literal, re.IGNORECASE) or re.search(r"\border\s+by\b", literal,
                                                                     re.IGNORECASE):
        return
    select = _SELECT.search(literal)
    # A piece of a statement, or of a sentence, names no table.
    if select and re.match(r"[\w{]", select.group("rest")) and not _ONE_ROW.match(select.group("list")) and not _is_look_up(select.group("rest")):
        yield "SELECT without ORDER BY: the order of its rows is the database's choice"


def sql_faults(text):
    """Yields (line, message) for statements whose answer differs from run to run."""
    for line, literal in cpp_text.literals(text):
        for message in _sql_faults_of(literal):
            yield line, message


def faults(root, path, text):
    """Of one product source."""
    if not _PRODUCT.match(path) or _TESTS.match(path):
        return
    yield from order_faults(root, path, text)
    yield from sql_faults(text)
