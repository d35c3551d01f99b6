"""The one place where compilation options are chosen.

``fastmath`` stays off: it deletes ``isnan`` and reorders sums, so an unknown could become a number.
``error_model="numpy"`` makes a division by zero an infinity rather than a hidden branch.

Numba turns every function into machine code of its own, with a copy of all that it calls optimised anew in it, though
what kernels call is never run by itself. Here a kernel that another one calls is handed on as it was lowered, and only
what Python calls is linked with all below it, optimised and turned into machine code, once. So each kernel has two
dispatchers: one for Python, and one, made when it is needed, for other kernels. Tuples go from one to another by
address (`engine/kernels/by_reference.py`).
"""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from llvmlite import binding
from numba import njit, types
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, _LowerResult
from numba.core.compiler_machinery import register_pass
from numba.core.environment import lookup_environment
from numba.core.typed_passes import NativeLowering

from engine.kernels.by_reference import LowerByReference


def _import_arrays_without_scipy() -> None:
    """Import what numba knows of arrays while it finds no linear algebra of scipy.

    It imports that only to know that there is one, which takes a tenth of a start. Kernels here multiply no matrices;
    who does so elsewhere finds scipy as ever.
    """
    name = "scipy.linalg"
    if name in sys.modules or "numba.np.arraymath" in sys.modules or find_spec("scipy") is None:
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        from numba.np import arraymath
    finally:
        del sys.modules[name]
    arraymath._HAVE_BLAS = True


_import_arrays_without_scipy()

_ENVIRONMENT = "_ZN08NumbaEnv"
"""How numba begins the names of what a function finds its Python constants by."""


class _LinkingLibrary(JITCodeLibrary):
    """Code that is linked with all that its callees call, too."""

    def add_linking_library(self, library: Any) -> None:
        callees = library.callees if isinstance(library, _LinkedLibrary) else []
        # Asked once for each call: kept once each, or lists would multiply on the way up.
        for linked in (library, *callees):
            if linked not in self._linking_libraries:
                super().add_linking_library(linked)

    def serialize_using_object_code(self) -> tuple[str, str, tuple[bytes, bytes]]:
        """What the cache keeps of it: machine code, and which symbols it defines.

        Numba keeps the code before that for others to link, many times as large; of ours nobody links an entry.
        """
        self._ensure_finalized()
        module = self._final_module
        functions = [function.name for function in module.functions if not function.is_declaration]
        variables = [variable.name for variable in module.global_variables if not variable.is_declaration]
        symbols = "\n".join(
            [f'define void @"{name}"() {{\n  unreachable\n}}' for name in functions]
            + [f'@"{name}" = global i8 0' for name in variables]
        )
        return self.name, "object", (self._get_compiled_object(), binding.parse_assembly(symbols).as_bitcode())


class _LinkedLibrary(_LinkingLibrary):
    """Code of a kernel as it was lowered: neither optimised nor turned into machine code."""

    @property
    def callees(self) -> list[Any]:
        """Libraries of all that it calls, directly or not."""
        return self._linking_libraries

    def finalize(self) -> None:
        """Close it, its callees left out: whoever links it takes them as well."""
        self._raise_if_finalized()
        for library in self._linking_libraries:
            self._reload_init.update(library._reload_init)
        self._finalize_dynamic_globals()
        self._finalized = True


def _holds_arrays(kind: Any) -> bool:
    return isinstance(kind, types.Array) or any(_holds_arrays(part) for part in getattr(kind, "types", ()))


def _refuse_arrays_nobody_counts(state: Any) -> None:
    """A leaf counts no arrays, so one that returned an array would leave its caller to free what is still in use."""
    if not state.flags.nrt and _holds_arrays(state.return_type):
        raise TypeError(f"{state.func_id.func_qualname} is a leaf and must not return arrays: {state.return_type}")


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerForPython(NativeLowering):
    _name = "native_lowering_for_python"
    lowering_class = LowerByReference

    def run_pass(self, state: Any) -> bool:
        _refuse_arrays_nobody_counts(state)
        state.library = _LinkingLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        done: bool = super().run_pass(state)
        for variable in state.library._final_module.global_variables:
            if variable.name.startswith(_ENVIRONMENT):
                environment = lookup_environment(variable.name)
                if environment is not None:
                    state.library.codegen.set_env(variable.name, environment)
        return done


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerForKernels(NativeLowering):
    _name = "native_lowering_for_kernels"
    lowering_class = LowerByReference

    def run_pass(self, state: Any) -> bool:
        _refuse_arrays_nobody_counts(state)
        state.library = _LinkedLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        done: bool = super().run_pass(state)
        lowered = state["cr"]
        state.library.finalize()
        # Numba finds what a call stands for by an object; anything unique will do.
        key = _NotForPython(state.func_id.func_qualname)
        state.targetctx.insert_user_function(key, lowered.fndesc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        state["cr"] = _LowerResult(lowered.fndesc, lowered.call_helper, cfunc=key, env=lowered.env)
        return done


class _NotForPython:
    """Stands for a kernel that only kernels call."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *_: Any) -> None:
        raise TypeError(f"{self.__name__} as only kernels call it")


def _compiler_with(lowering: type[NativeLowering]) -> type[CompilerBase]:
    """Numba's compiler with another last pass."""

    class Compiler(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
            # A finalized list of passes is made again with one of them exchanged.
            passes._finalized = False
            passes.passes = [
                (lowering, text) if kind is NativeLowering else (kind, text) for kind, text in passes.passes
            ]
            passes.finalize()
            return [passes]

    return Compiler


_FOR_PYTHON, _FOR_KERNELS = _compiler_with(_LowerForPython), _compiler_with(_LowerForKernels)


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
        common: Any = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, **options}
        dispatcher = njit(cache=True, pipeline_class=_FOR_PYTHON, **common)(function)
        if dispatcher is function:
            # NUMBA_DISABLE_JIT: the same source runs as plain Python.
            return function
        linked = njit(pipeline_class=_FOR_KERNELS, **{**common, "no_cpython_wrapper": True})(function)
        linked.add_overload = lambda result: linked.overloads.__setitem__(tuple(result.signature.args), result)
        resolve_call = linked.get_call_template

        def resolve_widened_call(arguments: Any, keywords: dict[str, Any]) -> Any:
            widened = {name: _widened(kind) for name, kind in keywords.items()}
            return resolve_call([_widened(kind) for kind in arguments], widened)

        dispatcher.get_call_template = resolve_widened_call
        dispatcher.get_overload = linked.get_overload
        dispatcher.for_kernels = linked
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


def for_kernels(dispatcher: Any) -> Any:
    """The dispatcher that other kernels use of a kernel."""
    return dispatcher.for_kernels


kernel = _compiled()

inlined_kernel = _compiled(inline="always")
"""For what makes tuples of arrays that are there already: numba copies it into its callers before it looks at types, so
nothing is passed or counted, but each caller takes as long to compile as if it were written out there."""

leaf_kernel = _compiled(_nrt=False)
"""For what makes no arrays of its own and returns none: those that come in are not counted at all, which halves the
time of loops over many small reads. The compiler refuses one that does allocate."""

inlined_leaf_kernel = _compiled(_nrt=False, forceinline=True)
"""A leaf called from hot loops: the machine's compiler puts it into its callers, which it would not do by its own
judgement, and a decision in weather takes an eighth less. Copied by numba, they took twice as long to compile."""
