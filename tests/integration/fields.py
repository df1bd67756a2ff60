"""Every field of an API, from its OpenAPI document: sound bodies, and bodies with one field taken
by another value."""

import copy


class Fields:
    def __init__(self, document):
        self.document = document

    def schema_of(self, operation):
        """(media type, schema) of an operation's body; nothing when it has none."""
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            return kind, self.resolved(content["schema"])
        return None, None

    def resolved(self, schema):
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.document["components"]["schemas"][name] if name else schema

    def sample(self, schema, text):
        """A value that fits, with `text` wherever any text may stand."""
        schema = self.resolved(schema)
        kinds = schema.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "enum" in schema:
            return schema["enum"][0]
        if "object" in kinds:
            if isinstance(schema.get("additionalProperties"), dict):
                return {"field": text}
            return {name: self.sample(one, text)
                    for name, one in schema.get("properties", {}).items()}
        if "array" in kinds:
            return [self.sample(schema["items"], text)]
        if "integer" in kinds:
            return max(schema.get("minimum", 1), 1)
        if "boolean" in kinds:
            return True
        if "number" in kinds:
            return "1.00"
        return self.text(schema, text)

    @staticmethod
    def text(schema, text):
        known = {"uuid": "0193a1f0-0000-7000-8000-000000000001",
                 "date-time": "2026-11-23T10:00:00Z"}
        if schema.get("pattern") == "^[A-Z]{3}$":
            return "USD"
        return known.get(schema.get("format"), text[:schema.get("maxLength", len(text))])

    def bodies(self, schema, text):
        """A sound body; each field taken by `text`, by lists and objects of it; a foreign member."""
        whole = self.sample(schema, text)
        yield whole
        for path in places(whole):
            for value in (text, [text], {"value": text}, f"{text}\n{text}" * 200):
                yield replaced(whole, path, value)
        yield text
        yield [text]
        if isinstance(whole, dict):
            yield whole | {"surplus": text}


def places(value, path=()):
    """The way to every member and element."""
    members = (value.items() if isinstance(value, dict)
               else enumerate(value) if isinstance(value, list) else ())
    for key, inner in members:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(whole, path, value):
    out = copy.deepcopy(whole)
    inner = out
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return out
