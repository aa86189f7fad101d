"""Small changes of a module, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

import ast
import copy


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitXor: ast.BitAnd,
}
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
#: What dataclasses say of themselves, for people and for the type checker.
_DECLARED = ("frozen", "kw_only", "slots")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Mutant:
    """A module with one change.

    :param name: where and what, also after lines were added above
    :param tree: the changed module
    :param lines: of the change, or of the statement around it
    :param function: the lines of the outermost function around it; none for a change
        that happens when the module is imported
    """

    name: str
    tree: ast.Module
    lines: range
    function: range

    def code(self, path: str) -> CodeType:
        return compile(ast.fix_missing_locations(self.tree), path, "exec")


def mutants_of(source: str) -> Iterator[Mutant]:
    """Every change of a module."""
    seen: dict[str, int] = {}
    tree = ast.parse(source)
    for place in _places(tree, ""):
        for change in _changes(place.node):
            before, after = _shown(place.node), _shown(change)
            name = f"{place.qualname}: {before} -> {after}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += f" #{seen[name]}"
            changed = place.replaced(tree, change)
            yield Mutant(name, changed, place.lines, _lines(place.function))


def _lines(node: "ast.AST | None") -> range:
    """The lines of a node, with its decorators."""
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if first is None or last is None:
        return range(0)
    decorators = getattr(node, "decorator_list", [])
    return range(min([first, *(each.lineno for each in decorators)]), last + 1)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 120 else f"{text[:80]}…{text[-39:]}"


@dataclass
class _Place:
    """A node, and the way to it."""

    node: ast.AST
    qualname: str
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    statement: ast.stmt | None
    path: tuple[tuple[str, int | None], ...]

    @property
    def lines(self) -> range:
        """Those that are run when the change matters."""
        node = self.node
        if isinstance(node, (ast.If, ast.While)):
            node = node.test
        return _lines(node) or _lines(self.statement)

    def replaced(self, tree: ast.Module, change: ast.AST) -> ast.Module:
        changed = copy.deepcopy(tree)
        parent: ast.AST = changed
        for name, number in self.path[:-1]:
            value = getattr(parent, name)
            parent = value if number is None else value[number]
        name, number = self.path[-1]
        ast.copy_location(change, self.node)
        if number is None:
            setattr(parent, name, change)
        else:
            getattr(parent, name)[number] = change
        return changed


def _places(
    node: ast.AST,
    qualname: str,
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None,
    statement: ast.stmt | None = None,
    path: tuple[tuple[str, int | None], ...] = (),
) -> Iterator[_Place]:
    """The nodes below a node, but neither docstrings nor annotations nor imports.

    Nor messages for people: tests compare those of the source with the translations.
    """
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "keywords_", "ctx", "op", "ops"):
            continue
        if isinstance(node, ast.AnnAssign) and name == "target":
            continue
        children = value if isinstance(value, list) else [value]
        if _is_message(node) and name == "args":
            continue
        for number, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_left_out(child):
                continue
            step = (name, number if isinstance(value, list) else None)
            inner, around = qualname, function
            if isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
                inner = f"{qualname}.{child.name}".lstrip(".")
                if isinstance(child, _FUNCTIONS):
                    around = function or child
            within = child if isinstance(child, ast.stmt) else statement
            way = (*path, step)
            yield _Place(child, inner or "module", around, within, way)
            yield from _places(child, inner, around, within, way)


def _is_left_out(node: ast.AST) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.keyword) and node.arg in _DECLARED:
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    if isinstance(node, (ast.Call, ast.Subscript)) and ast.unparse(node).startswith(
        ("NewType(", "Literal[", "TypeVar(", "Attribute(")
    ):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_message(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "_"


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    for kind, change in _OPERATORS:
        if isinstance(node, kind):
            yield from change(node)


def _comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    for number, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            ops = [*node.ops[:number], other(), *node.ops[number + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _connections(node: ast.BoolOp) -> Iterator[ast.AST]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield ast.BoolOp(other, node.values)
    for number in range(len(node.values)):
        left = node.values[:number] + node.values[number + 1 :]
        yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _ARITHMETIC:
        yield ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)


def _negations(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"{value}XX")
    elif isinstance(value, bytes):
        yield ast.Constant(value + b"XX")


def _conditions(node: "ast.If | ast.While | ast.IfExp") -> Iterator[ast.AST]:
    # A comparison and a negation are changed themselves, a single statement goes.
    if not isinstance(node.test, (ast.Compare, ast.UnaryOp)):
        changed = copy.deepcopy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    if isinstance(node, ast.If) and not node.orelse and len(node.body) > 1:
        yield ast.Pass()


def _returns(node: ast.Return) -> Iterator[ast.AST]:
    value = node.value
    if value is not None and not (
        isinstance(value, ast.Constant) and value.value is None
    ):
        yield ast.Return(ast.Constant(None))


def _statements(node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _filters(node: ast.comprehension) -> Iterator[ast.AST]:
    for number in range(len(node.ifs)):
        left = node.ifs[:number] + node.ifs[number + 1 :]
        yield ast.comprehension(node.target, node.iter, left, node.is_async)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        name = ast.Name(_CALLS[node.func.id], ast.Load())
        yield ast.Call(name, node.args, node.keywords)


def _breaks(node: ast.Break) -> Iterator[ast.AST]:
    yield ast.Continue()


_OPERATORS = (
    (ast.Compare, _comparisons),
    (ast.BoolOp, _connections),
    (ast.BinOp, _arithmetic),
    (ast.UnaryOp, _negations),
    (ast.Constant, _constants),
    ((ast.If, ast.While, ast.IfExp), _conditions),
    (ast.Return, _returns),
    ((ast.Raise, ast.Expr, ast.AugAssign, ast.Delete, ast.Assert), _statements),
    (ast.comprehension, _filters),
    (ast.Call, _calls),
    (ast.Break, _breaks),
)
