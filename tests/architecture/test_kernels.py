"""How kernels are compiled: what only kernels call is no machine code of its own, and nothing is compiled twice."""

import inspect
import subprocess
import sys
from typing import NamedTuple

import numpy as np
import pytest
from numba import njit, typeof, types
from numba.core import codegen, typed_passes
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler import DefaultPassBuilder

from engine.kernels import jit
from engine.kernels.jit import inlined_kernel, kernel, leaf_kernel


class Many(NamedTuple):
    """A tuple as kernels hand them on."""

    values: np.ndarray
    factor: float


@leaf_kernel
def scaled(many, k, is_doubled):
    return many.values[k] * many.factor * (2.0 if is_doubled else 1.0)


@inlined_kernel
def shifted(many, k):
    return scaled(many, k, False) + 1.0


@kernel
def copied(many):
    return many.values.copy()


@kernel
def sum_of_all(many, is_doubled):
    total = 0.0
    mine = copied(many)
    for k in range(mine.shape[0]):
        total += scaled(many, k, is_doubled) + scaled(many, k, False) + scaled(many, np.int32(k), True)
    return total + shifted(many, 0)


MANY = Many(np.array([1.0, 2.0, 3.0]), 10.0)


def oracle(many, is_doubled):
    scaled_sum = float((many.values * many.factor).sum())
    return (2.0 if is_doubled else 1.0) * scaled_sum + scaled_sum + 2.0 * scaled_sum + many.values[0] * many.factor + 1


@pytest.mark.parametrize("is_doubled", [False, True])
def test_kernels_that_call_kernels_give_what_python_gives(is_doubled):
    assert sum_of_all(MANY, is_doubled) == oracle(MANY, is_doubled)


def test_python_may_call_what_kernels_call():
    """Until lately such a call ended the process: a kernel that kernels call had no wrapper."""
    sum_of_all(MANY, True)
    assert scaled(MANY, 1, True) == 40.0
    assert shifted(MANY, 1) == 21.0
    assert copied(MANY).tolist() == [1.0, 2.0, 3.0]


@leaf_kernel
def given_back(many):
    return many.factor, many.values[1:]


@kernel
def asks_for_it(many):
    return given_back(many)[0]


@pytest.mark.parametrize("called", [given_back, asks_for_it])
def test_a_leaf_that_returns_an_array_is_refused(called):
    """Nobody would have counted it: the memory was freed while it was still in use."""
    with pytest.raises(TypeError, match="given_back is a leaf and must not return arrays"):
        called(MANY)


def compile_for_kernels():
    """As if another kernel called it: never taken from a cache, so what it calls is compiled here too."""
    jit.for_kernels(sum_of_all).compile((typeof(MANY), types.boolean))


def test_a_callee_is_compiled_once_for_all_literals_and_sizes_of_integers():
    """A literal is a type of its own: two calls, with ``False`` and with a flag, were two compilations of 20 s."""
    compile_for_kernels()
    assert len(jit.for_kernels(scaled).overloads) == 1
    assert len(jit.for_kernels(copied).overloads) == 1


def test_that_comparison_would_notice_a_literal():
    @njit
    def callee(flag):
        return 1 if flag else 2

    @njit
    def caller(flag):
        return callee(flag) + callee(False) + callee(True)

    caller(True)
    assert len(callee.overloads) > 1


def test_what_only_kernels_call_is_no_machine_code_of_its_own():
    sum_of_all(MANY, True)
    compile_for_kernels()
    (linked,) = jit.for_kernels(scaled).overloads.values()
    assert not hasattr(linked.library, "_compiled_object") or linked.library._compiled_object is None
    with pytest.raises(TypeError, match="only kernels call"):
        linked.entry_point(MANY, 1, True)
    # The entry has all of it, so that it needs nothing else when it is loaded again.
    (entry,) = sum_of_all.overloads.values()
    declared = [function.name for function in entry.library._final_module.functions if function.is_declaration]
    assert not [name for name in declared if name.startswith("_ZN5") and "scaled" in name]


FAILING = """
from engine.kernels.jit import kernel

@kernel
def checked(n):
    if n < 0:
        raise ValueError("below", n)
    return n

@kernel
def caller(n):
    return checked(n) + 1

if __name__ == "__main__":
    print(caller(1))
    try:
        caller(-1)
    except ValueError as raised:
        print(raised.args)
"""


def test_an_exception_from_below_arrives_compiled_and_from_the_cache(tmp_path):
    """What a callee knows of Python goes by its environment, which an entry must find in either case."""
    script = tmp_path / "failing.py"
    script.write_text(FAILING, encoding="utf-8")
    outcomes = [
        subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, check=True,
            env={"PYTHONPATH": str(jit.__file__).rsplit("/engine/", 1)[0], "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert outcomes == ["2\n('below', -1)\n"] * 2


def test_the_parts_of_numba_that_are_exchanged_are_those_it_has():
    """Were the first gone, everything would work and compile for longer; then `engine/kernels/jit.py` needs a look."""
    assert CPUCodeLibrary._optimize_functions is jit._set_data_layout
    assert "ll_module.data_layout = self._codegen._data_layout" in inspect.getsource(codegen)
    assert "targetctx.insert_user_function(cfunc, fndesc, [library])" in inspect.getsource(typed_passes)
    assert "(NativeLowering" in inspect.getsource(DefaultPassBuilder.define_nopython_lowering_pipeline)


ELSEWHERE = """
import sys
import numpy as np
import engine.kernels.jit
from numba import njit

@njit
def product(a, b):
    return a @ b

assert "scipy.linalg" not in sys.modules
print(product(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])).tolist(), "scipy.linalg" in sys.modules)
"""


def test_scipy_is_read_when_somebody_multiplies_matrices_and_not_before():
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(jit.__file__).rsplit("/engine/", 1)[0]},
    )  # fmt: skip
    assert ran.stdout == "[[1.0, 2.0], [3.0, 4.0]] True\n"
