"""The one place where compilation options are chosen.

``fastmath`` stays off: it deletes ``isnan`` and reorders sums, so an unknown could become a number.
``error_model="numpy"`` makes a division by zero an infinity rather than a hidden branch.

Only what Python calls is an entry kernel. The others have no wrapper that unpacks Python's values, which for a tuple of
eighty arrays is more code than most kernels; called from Python they end the process, so a test holds the list.
"""

from collections.abc import Callable
from typing import Any

from numba import njit, types
from numba.core.codegen import CPUCodeLibrary


def _leave_out_function_passes() -> None:
    """Leave out the passes over single functions that numba runs before those over a whole library.

    The latter find all that the former do, in functions of ours that are large after inlining for half the time. A
    numba that has no such hook compiles as it did, only slower.
    """
    if hasattr(CPUCodeLibrary, "_optimize_functions"):
        CPUCodeLibrary._optimize_functions = _set_data_layout  # type: ignore[method-assign]


def _set_data_layout(library: Any, module: Any) -> None:
    """What is left of the hook: passes over the library go by the layout too."""
    module.data_layout = library._codegen._data_layout


_leave_out_function_passes()


def _compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A decorator with the options of all kernels, and these."""

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        if dispatcher is function:
            # NUMBA_DISABLE_JIT: the same source runs as plain Python.
            return function
        resolve_call = dispatcher.get_call_template

        def resolve_widened_call(arguments: Any, keywords: dict[str, Any]) -> Any:
            widened = {name: _widened(kind) for name, kind in keywords.items()}
            return resolve_call([_widened(kind) for kind in arguments], widened)

        dispatcher.get_call_template = resolve_widened_call
        return dispatcher

    return decorate


def _widened(kind: Any) -> Any:
    """The type a kernel is compiled for where another one calls it with this type.

    A literal is a type of its own to numba, and so is each size of integer: a kernel would be compiled once for
    ``False``, once for ``True`` and once for a flag.
    """
    kind = types.unliteral(kind)
    if isinstance(kind, types.Integer) and kind.signed:  # type: ignore[attr-defined]
        return types.int64
    return kind


kernel = _compiled(no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Called by kernels only."""

entry_kernel = _compiled(no_cfunc_wrapper=True)
"""Called from Python too."""

inlined_kernel = _compiled(inline="always")
"""For what is called from hot loops with tuples of many arrays: a call would pass and count each of them. Where only
kernels call it, it is never compiled by itself."""

leaf_kernel = _compiled(no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)
"""For what makes no arrays of its own: those that come in are not counted at all, which halves the time of loops over
many small reads. The compiler refuses one that does allocate."""

entry_leaf_kernel = _compiled(no_cfunc_wrapper=True, _nrt=False)
"""A leaf that is called from Python too."""
