"""Working out numbers, and refusing all else quickly."""

import tracemalloc

import pytest

from adapters.simpleeval.calculator import SimpleEvalCalculator
from domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 + 3 * 4", "14"), ("(2 + 3) * 4", "20"), ("10 / 4", "2.5"), ("7 // 2", "3"), ("7 % 4", "3"),
        ("2^10", "1024"), ("-3 + +5", "2"), ("1,234 * 2", "2468"), ("12 \u00d7 3 \u00f7 4", "9"), ("sqrt(16)", "4"),
        ("round(2.6)", "3"),
        ("max(1, 9, 4)", "9"), ("0.1 + 0.2", "0.3"), ("1e3", "1000"), ("10**60", "1" + "0" * 60),
    ],
)  # fmt: skip
def test_arithmetic(expression: str, value: str) -> None:
    assert SimpleEvalCalculator().work_out(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "", "  ", "1 +", "1/0", "x", "__import__('os').system('true')", "().__class__", "'a' * 1000", "[1] * 9",
        "'a' + 'b'", "9**9**9", "2**100000", "10**61", "(10**59)*(10**59)", "9e999", "1 if 1 else 2", "lambda: 1",
        "open('/etc/passwd')", "True", "1 == 1", "1 << 100", "max(10**60, 1) * 10", "sqrt(-1)", "1" * 201,
        "(" * 100 + "1" + ")" * 99, "(-8)**0.5", "f'{1}'", "pi.__class__",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_or_too_large_is_refused(expression: str) -> None:
    with pytest.raises(InvalidInput):
        SimpleEvalCalculator().work_out(expression)


@pytest.mark.parametrize(
    "expression", ["'%99999999d' % 1", "f'{1:99999999}'", "max(0, f'{1:99999999}')", "b'%99999999d' % 1"]
)
def test_no_expression_takes_much_memory(expression: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput):
            SimpleEvalCalculator().work_out(expression)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10_000_000
