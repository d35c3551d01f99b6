"""Texts of refusals as the code has them, read from its syntax: what a class of exceptions is called with.

Nothing here imports what it looks at, and nothing of it knows the catalogue.
"""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "engine", "geodata")

_ROOTS = {"SafeportError", "Refusal", "NotGeoJson", "InvalidPosition", "InvalidTime", "WrongField"}
_FIRST_IS_FIELD = {"WrongField"}
"""Classes whose first argument is no text."""
_NO_TEXT = {"field", "code", "headers"}


def modules() -> list[Path]:
    """Every module there is."""
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def refusal_classes() -> set[str]:
    """Names of the classes that refuse something, and of those below them."""
    classes = [node for path in modules() for node in ast.walk(_tree(path)) if isinstance(node, ast.ClassDef)]
    found, before = set(_ROOTS), 0
    while len(found) > before:
        before = len(found)
        found |= {each.name for each in classes if any(_name(base) in found for base in each.bases)}
    return found


def refusal_texts(path: Path, classes: set[str]) -> set[str]:
    """Templates of the texts that a module refuses with; what is filled in stands in braces, as the code writes it.

    A variable is followed to all that is assigned to it in the function and in the module, a parameter to all that the
    function is called with in the module, a function of the module to all it returns. Of a validator's `ValueError`,
    and of `WrongField`, problem and remedy are as they are read: "a is wrong; give b" as "a is wrong." and "Give b.".
    """
    tree = _tree(path)
    is_model = "field_validator" in ast.dump(tree) or "model_validator" in ast.dump(tree)
    found: set[str] = set()
    for function, call in _calls(tree):
        name = _name(call.func)
        arguments = [*call.args, *(word.value for word in call.keywords if word.arg not in _NO_TEXT)]
        if name in _FIRST_IS_FIELD:
            for argument, is_remedy in zip(arguments[1:], (False, True), strict=True):
                found |= {_as_read(text, is_remedy) for text in _texts(argument, function, tree, frozenset())}
        elif name in classes:
            found |= {text for each in arguments for text in _texts(each, function, tree, frozenset())}
        elif name == "ValueError" and is_model:
            for text in (text for each in arguments for text in _texts(each, function, tree, frozenset())):
                problem, _, remedy = text.partition("; ")
                found |= {_as_read(problem, False)} | ({_as_read(remedy, True)} if remedy else set())
    return {text for text in found if _is_sentence(text)}


def sentences_in(path: Path) -> set[str]:
    """Every sentence that stands in a module as it is, in no f-string and no docstring."""
    tree = _tree(path)
    apart = {
        id(part)
        for node in ast.walk(tree) if isinstance(node, ast.Expr | ast.JoinedStr)
        for part in ast.walk(node)
        if isinstance(node, ast.JoinedStr) or part is node.value
    }  # fmt: skip
    return {
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart
        and _is_sentence(node.value)
    }  # fmt: skip


def _as_read(text: str, is_remedy: bool) -> str:
    return f"{text[:1].upper()}{text[1:]}." if is_remedy else f"{text.rstrip('.')}."


def _is_sentence(text: str) -> bool:
    """Whether a text is one that people read, and no name of a field or a file."""
    return " " in text.strip() and text.strip()[-1] in ".?"


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(node: ast.expr) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every call, with the function around it."""

    def walk(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(node, ast.Call):
            yield inner, node
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inner)

    return walk(tree, tree)


def _texts(node: ast.AST, function: ast.AST, tree: ast.Module, seen: frozenset[str]) -> Iterator[str]:
    """Templates of every text that an expression may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield _escaped(text)
        case ast.JoinedStr(values=parts):
            for pieces in product(*(list(_piece(part, function, tree, seen)) for part in parts)):
                yield "".join(pieces)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for pieces in product(_texts(left, function, tree, seen), _texts(right, function, tree, seen)):
                yield "".join(pieces)
        case ast.IfExp(body=first, orelse=second):
            yield from _texts(first, function, tree, seen)
            yield from _texts(second, function, tree, seen)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for value in values:
                yield from _texts(value, function, tree, seen)
        case ast.Starred(value=value):
            yield from _texts(value, function, tree, seen)
        case ast.Dict(values=values):
            for value in values:
                yield from _texts(value, function, tree, seen)
        case ast.Subscript(value=ast.Subscript(value=value)) | ast.Subscript(value=value):
            yield from _texts(value, function, tree, seen)
        case ast.Name(id=name) if (mark := f"{name} of {getattr(function, 'name', '')}") not in seen:
            for value in _assigned(name, function, tree):
                yield from _texts(value, function, tree, seen | {mark})
            for caller, value in _given(name, function, tree):
                yield from _texts(value, caller, tree, seen | {mark})
        case ast.Call(func=ast.Attribute(value=ast.Constant(value="; "), attr="join"), args=[value]):
            yield "; ".join(_texts(value, function, tree, seen))
        case ast.Call(func=ast.Name(id=name)) if name not in seen:
            for inner in tree.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.name == name:
                    for each in ast.walk(inner):
                        if isinstance(each, ast.Return) and each.value is not None:
                            yield from _texts(each.value, inner, tree, seen | {name})


def _piece(part: ast.expr, function: ast.AST, tree: ast.Module, seen: frozenset[str]) -> Iterator[str]:
    """What a part of an f-string may be: a text of ours is taken in, of anything else there is a brace."""
    if isinstance(part, ast.Constant):
        yield _escaped(str(part.value))
        return
    assert isinstance(part, ast.FormattedValue)
    ours = list(_texts(part.value, function, tree, seen)) if isinstance(part.value, ast.Name) else []
    if any(" " in text for text in ours):
        yield from ours
        return
    written = ast.unparse(part.value).replace("{", "(").replace("}", ")")
    quoted = "!r" if part.conversion == ord("r") else ""
    yield f"{{{written}{quoted}}}"


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _assigned(name: str, function: ast.AST, tree: ast.Module) -> Iterator[ast.expr]:
    """What a function and its module assign to a name; of a tuple its part; a constant of another module from there."""
    for node in [*ast.walk(function), *tree.body]:
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets, value = [node.target], node.value
        elif isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names) and name.isupper():
            source = ROOT / f"{str(node.module).replace('.', '/')}.py"
            if source.is_file():
                other = _tree(source)
                yield from _assigned(name, ast.Module([], []), other)
        if value is None:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield value
            elif isinstance(target, ast.Tuple):
                yield from _parts(target, value, name)


def _given(name: str, function: ast.AST, tree: ast.Module) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What the calls of a module give a function for a parameter, each with the function around the call."""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    parameters = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    for caller, call in _calls(tree):
        if _name(call.func) == function.name:
            given = dict(zip(parameters, call.args, strict=False)) | {word.arg: word.value for word in call.keywords}
            if name in given:
                yield caller, given[name]


def _parts(target: ast.Tuple, value: ast.expr, name: str) -> Iterator[ast.expr]:
    at = [k for k, each in enumerate(target.elts) if isinstance(each, ast.Name) and each.id == name]
    for branch in [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]:
        if isinstance(branch, ast.Tuple):
            yield from (branch.elts[k] for k in at)
        elif at:
            yield branch
