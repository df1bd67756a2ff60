"""Which room a file is in, and what it may include."""

import re

ROOMS = [
    "chassis/base",
    "chassis/runtime",
    "chassis/telemetry",
    "chassis/resilience",
    "chassis/http",
    "chassis/auth",
    "chassis/sql",
    "chassis/redis",
    "chassis/messaging",
    "chassis/service",
]
SERVICES = "services"
APP = "app"
TOP_FOLDERS = {
    "app", "bench", "chassis", "cmake", "contracts", "deploy", "docs", "services", "tests", "web",
    ".ci", ".github",
}
ROOT_FILES = {
    ".clang-format", ".clang-tidy", ".dockerignore", ".editorconfig", ".gitattributes", ".gitignore",
    "CHANGELOG.md", "CMakeLists.txt", "CMakePresets.json", "CONTRIBUTING.md", "Dockerfile", "LICENSE",
    "README.md", "SECURITY.md", "run", "setup", "test",
}

_DOMAIN_FILES = re.compile(r"services/\w+/(?:commands|events|domain|order|product|reservation)\.[ch]pp$")
_JSON_HEADERS = re.compile(r"chassis/base/(?:json|shape|schema|fields|reading|rules)\w*\.hpp$")

# The one event that every service shares; a plain value.
_SHARED_EVENT = "chassis/messaging/operator_acted.hpp"


def room_of(path):
    """`chassis/http`, `services/orders`, `app`, or None for files that stand above all rooms."""
    parts = path.split("/")
    if parts[0] in ("chassis", SERVICES) and len(parts) > 2:
        return "/".join(parts[:2])
    return APP if parts[0] == APP else None


def _level(room):
    if room in ROOMS:
        return ROOMS.index(room)
    return len(ROOMS) if room.startswith(SERVICES + "/") else len(ROOMS) + 1


def include_fault(path, included):
    """Why this file may not include that one; None when it may. Both from the root."""
    room = room_of(path)
    target = room_of(included)
    if room is None or target is None or room == target:
        return _domain_fault(path, included)
    if room.startswith(SERVICES + "/") and target.startswith(SERVICES + "/"):
        if included.endswith("/events.hpp"):
            return None
        return f"of {target} a sibling includes events.hpp alone, not {included}"
    if _level(target) >= _level(room):
        return f"{room} stands below {target} and may not include {included}"
    return _domain_fault(path, included)


def _domain_fault(path, included):
    if not _DOMAIN_FILES.match(path) or included == _SHARED_EVENT:
        return None
    if _JSON_HEADERS.match(included):
        return f"the domain knows no JSON: describe its types in shapes.cpp, not with {included}"
    if included.startswith("chassis/") and not included.startswith("chassis/base/"):
        return f"the domain is pure and stands on chassis/base alone, not on {included}"
    return None
