"""Arithmetic on simpleeval, which evaluates a syntax tree of its own and knows neither names nor attributes."""

import ast
import math
import re
from collections.abc import Callable
from typing import Any

from simpleeval import SimpleEval

from domain.errors import Fault, InvalidInput

LENGTH = 200
LARGEST_POWER = 400
_DIGITS = 15
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "ceil": math.ceil, "floor": math.floor, "max": max, "min": min, "round": round, "sqrt": math.sqrt,
    "log": math.log, "log10": math.log10, "sin": math.sin, "cos": math.cos, "tan": math.tan,
}  # fmt: skip
_BIG = 10**60
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WRITTEN = str.maketrans({"\u00d7": "*", "\u00f7": "/"})


_PARTS = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Call, ast.Name, ast.Load, ast.Constant,
)  # fmt: skip


def _is_arithmetic(text: str) -> bool:
    """Whether there is nothing in it but numbers and what is done with them: a text alone, formatted, may be made to
    fill the memory."""
    for node in ast.walk(ast.parse(text, mode="eval")):
        if not isinstance(node, _PARTS):
            return False
        if isinstance(node, ast.Constant) and (isinstance(node.value, bool) or not isinstance(node.value, int | float)):
            return False
    return True


def _small(value: Any) -> Any:
    if not isinstance(value, int | float):
        raise TypeError("no number")
    if abs(value) > _BIG:
        raise ValueError("too large")
    return value


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > LARGEST_POWER or (abs(base) > 1 and math.log10(abs(base)) * exponent > math.log10(_BIG)):
        raise ValueError("too large")
    return _small(base**exponent)


_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: lambda a, b: _small(a + b),
    ast.Sub: lambda a, b: _small(a - b),
    ast.Mult: lambda a, b: _small(a * b),
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: _power,
    ast.USub: lambda a: -a,
    ast.UAdd: lambda a: +a,
}


class SimpleEvalCalculator:
    """A Calculator. Numbers past 10^60 are refused, so no expression takes long or much."""

    def work_out(self, expression: str) -> str:
        text = _THOUSANDS.sub("", expression.strip().translate(_WRITTEN)).replace("^", "**")
        if not text or len(text) > LENGTH:
            raise InvalidInput(details=[Fault("expression", f"must have 1 to {LENGTH} characters")])
        evaluator = SimpleEval(operators=_OPERATORS, functions=_FUNCTIONS, names={"pi": math.pi, "e": math.e})
        try:
            value = evaluator.eval(text) if _is_arithmetic(text) else None
        except Exception:  # noqa: BLE001 -- whatever is wrong with it, it is the expression that is wrong
            raise InvalidInput(details=[Fault("expression", "cannot be worked out")]) from None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InvalidInput(details=[Fault("expression", "is no number")])
        return f"{value:.{_DIGITS}g}" if isinstance(value, float) else str(value)
