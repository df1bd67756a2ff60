"""JSON Schema 2020-12, as far as Waybill's own schemas go: every keyword that they use is checked,
and one that this reader does not know is a fault of the schema, never skipped."""

import datetime
import re
import uuid

TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
ANNOTATIONS = {"$schema", "$id", "title", "description", "default"}


class UnknownKeyword(Exception):
    """The schema says something that is not checked here."""


def is_uuid(text):
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None \
        and bool(uuid.UUID(text))


def is_time(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text):
        return False
    try:
        datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


# A format says something of one kind of value alone.
FORMATS = {"uuid": (str, is_uuid), "date-time": (str, is_time),
           "int32": (int, lambda n: -2 ** 31 <= n < 2 ** 31),
           "int64": (int, lambda n: -2 ** 63 <= n < 2 ** 63)}


def has_format(value, name):
    kind, fits = FORMATS[name]
    return not isinstance(value, kind) or fits(value)


CHECKS = {
    "const": lambda v, rule: v == rule and type(v) is type(rule),
    "enum": lambda v, rule: v in rule,
    "pattern": lambda v, rule: not isinstance(v, str) or re.search(rule, v) is not None,
    "minLength": lambda v, rule: not isinstance(v, str) or len(v) >= rule,
    "maxLength": lambda v, rule: not isinstance(v, str) or len(v) <= rule,
    "minimum": lambda v, rule: not isinstance(v, (int, float)) or v >= rule,
    "maximum": lambda v, rule: not isinstance(v, (int, float)) or v <= rule,
    "minItems": lambda v, rule: not isinstance(v, list) or len(v) >= rule,
    "maxItems": lambda v, rule: not isinstance(v, list) or len(v) <= rule,
    "maxProperties": lambda v, rule: not isinstance(v, dict) or len(v) <= rule,
    "required": lambda v, rule: not isinstance(v, dict) or all(name in v for name in rule),
    "format": has_format,
}


def faults(schema, value, at="", root=None):
    """What is wrong with `value`, each with its pointer; nothing: it is valid."""
    root = schema if root is None else root
    if schema is True:
        return []
    if schema is False:
        return [f"{at or '/'}: must not be there"]
    found = []
    for keyword, rule in schema.items():
        if keyword in ANNOTATIONS or keyword in ("additionalProperties", "examples"):
            continue
        found += one_keyword(keyword, rule, value, at, root)
    if isinstance(value, dict) and "additionalProperties" in schema:
        for name in value.keys() - schema.get("properties", {}).keys():
            found += faults(schema["additionalProperties"], value[name], f"{at}/{name}", root)
    return found


def one_keyword(keyword, rule, value, at, root):
    if keyword == "type":
        kinds = [rule] if isinstance(rule, str) else rule
        if any(TYPES[kind](value) for kind in kinds):
            return []
        return [f"{at or '/'}: {value!r} is no {' or '.join(kinds)}"]
    if keyword in CHECKS:
        return [] if CHECKS[keyword](value, rule) else [f"{at or '/'}: {value!r}: {keyword} {rule}"]
    if keyword == "properties":
        there = value.keys() & rule.keys() if isinstance(value, dict) else ()
        return [fault for name in sorted(there)
                for fault in faults(rule[name], value[name], f"{at}/{name}", root)]
    if keyword == "propertyNames":
        names = value if isinstance(value, dict) else ()
        return [fault for name in names for fault in faults(rule, name, f"{at}/{name}", root)]
    if keyword == "items":
        items = value if isinstance(value, list) else ()
        return [fault for i, item in enumerate(items)
                for fault in faults(rule, item, f"{at}/{i}", root)]
    if keyword == "contains":
        if not isinstance(value, list) or any(not faults(rule, v, at, root) for v in value):
            return []
        return [f"{at or '/'}: contains nothing that fits"]
    if keyword == "allOf":
        return [fault for part in rule for fault in faults(part, value, at, root)]
    if keyword == "$ref":
        return faults(resolved(root, rule), value, at, root)
    raise UnknownKeyword(f"{at or '/'}: {keyword}")


def resolved(root, reference):
    """What `#/a/b` names in the document."""
    if not reference.startswith("#/"):
        raise UnknownKeyword(f"$ref {reference}")
    part = root
    for name in reference[2:].split("/"):
        part = part[name]
    return part


def breaking(old, new, at=""):
    """What readers of `old` would miss or not understand in what `new` describes."""
    found = []
    for name in old.get("required", []):
        if name not in new.get("required", []):
            found.append(f"{at}/{name} is no longer always there")
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            found.append(f"{at}/{name} is gone")
        else:
            found += breaking(schema, new["properties"][name], f"{at}/{name}")
    for keyword in ("type", "format", "const", "pattern"):
        if keyword in old and old[keyword] != new.get(keyword):
            found.append(f"{at or '/'}: {keyword} was {old[keyword]}, is {new.get(keyword)}")
    if "items" in old:
        found += breaking(old["items"], new.get("items", {}), f"{at}/[]")
    return found
