"""The part of JSON Schema 2020-12 that the project's schemas use; an unknown keyword is an error, never ignored."""

import json
import re

ANNOTATIONS = {"$schema", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    """Whether a decoded JSON value has a JSON Schema type."""
    if name in TYPES:
        return isinstance(value, TYPES[name])
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return name == "number" or value == int(value)


class Schema:
    """A schema document; `errors(value)` says what is wrong with a value, `[]` for nothing."""

    def __init__(self, document):
        self._document = document

    @staticmethod
    def read(path):
        """The schema in a file."""
        with open(path, encoding="utf-8") as stream:
            return Schema(json.load(stream))

    def errors(self, value):
        """One line for each place that does not fit."""
        return list(self._errors(self._document, value, "$"))

    def _errors(self, schema, value, place):
        for keyword, rule in schema.items():
            if keyword not in ANNOTATIONS | {"then"}:
                check = getattr(self, "_" + keyword.lstrip("$"), None)
                if check is None:
                    raise ValueError(f"unknown keyword {keyword} in the schema")
                yield from check(rule, value, place, schema)

    def _ref(self, rule, value, place, _):
        target = self._document
        for part in rule.removeprefix("#/").split("/"):
            target = target[part]
        return self._errors(target, value, place)

    def _type(self, rule, value, place, _):
        names = rule if isinstance(rule, list) else [rule]
        if not any(is_type(value, name) for name in names):
            yield f"{place}: {json.dumps(value)[:60]} is not {' or '.join(names)}"

    def _enum(self, rule, value, place, _):
        if value not in rule:
            yield f"{place}: {json.dumps(value)[:60]} is not one of {', '.join(map(str, rule))}"

    def _const(self, rule, value, place, schema):
        return self._enum([rule], value, place, schema)

    def _properties(self, rule, value, place, _):
        if isinstance(value, dict):
            for name in rule.keys() & value.keys():
                yield from self._errors(rule[name], value[name], f"{place}.{name}")

    def _additionalProperties(self, rule, value, place, schema):
        if rule is not False:
            raise ValueError("additionalProperties is only known as false")
        if isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                yield f"{place}: unknown key {name}"

    def _required(self, rule, value, place, _):
        if isinstance(value, dict):
            for name in rule:
                if name not in value:
                    yield f"{place}: {name} is missing"

    def _items(self, rule, value, place, _):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._errors(rule, item, f"{place}[{index}]")

    def _minItems(self, rule, value, place, _):
        if isinstance(value, list) and len(value) < rule:
            yield f"{place}: fewer than {rule} items"

    def _maxItems(self, rule, value, place, _):
        if isinstance(value, list) and len(value) > rule:
            yield f"{place}: more than {rule} items"

    def _minLength(self, rule, value, place, _):
        if isinstance(value, str) and len(value) < rule:
            yield f"{place}: shorter than {rule}"

    def _pattern(self, rule, value, place, _):
        # ECMA's `$` is the very end, Python's also stands before a last line break.
        if isinstance(value, str) and not re.search(rule.replace("$", r"\Z"), value):
            yield f"{place}: {value[:60]!r} does not match {rule}"

    def _minimum(self, rule, value, place, _):
        if is_type(value, "number") and value < rule:
            yield f"{place}: {value} is below {rule}"

    def _maximum(self, rule, value, place, _):
        if is_type(value, "number") and value > rule:
            yield f"{place}: {value} is above {rule}"

    def _allOf(self, rule, value, place, _):
        for part in rule:
            yield from self._errors(part, value, place)

    def _anyOf(self, rule, value, place, _):
        found = [list(self._errors(part, value, place)) for part in rule]
        if all(found):
            yield from min(found, key=lambda errors: (errors[0].startswith(f"{place}:"), len(errors)))

    def _if(self, rule, value, place, schema):
        if not any(True for _ in self._errors(rule, value, place)):
            yield from self._errors(schema.get("then", {}), value, place)
