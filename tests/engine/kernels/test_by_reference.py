"""Tuples handed on by address are values all the same: against the same functions run as plain Python."""

import gc
import sys
from typing import NamedTuple

import numpy as np
import pytest
from llvmlite import ir
from numba import njit, typeof
from numba.core.datamodel import default_manager
from numba.core.lowering import Lower
from numba.core.runtime import _nrt_python, rtsys
from numba.core.typed_passes import NativeLowering

from engine.apply_rules import Routes
from engine.kernels.by_reference import is_by_reference
from engine.kernels.jit import for_kernels, kernel, leaf_kernel
from engine.kernels.port_travel_times import TravelTimes
from engine.kernels.travel_time import TravelTime


def travel_times(count, first=0.0):
    hours = [first + np.arange(count, dtype=float) * (k + 1) for k in range(4)]
    flags = [np.arange(count) % (k + 2) == 0 for k in range(3)]
    return TravelTimes(*hours, *flags, np.full(count, 7.0))


def routes(count, first=0.0):
    zones = np.arange(count, dtype=np.uint64)
    return Routes(first + np.linspace(1.0, 2.0, count), zones, zones + np.uint64(1), travel_times(count, first))


@leaf_kernel
def sum_of_times(times, port):
    return times.time_s[port] + 10.0 * times.early_s[port] + 100.0 * times.filled_m[port]


@leaf_kernel
def sum_of_route(ways, port):
    times = ways.travel_times
    return ways.distance_m[port] + sum_of_times(times, port) + sum_of_times(ways.travel_times, port)


@kernel
def from_nested_tuples(ways):
    total = 0.0
    for port in range(ways.distance_m.shape[0]):
        total += sum_of_route(ways, port)
    return total


@leaf_kernel
def later(reached, seconds):
    return TravelTime(
        reached.time_s + seconds, reached.early_s, reached.late_s + 1.0, reached.highest_hs_m, reached.waves_missing,
        reached.stream_missing, reached.stream_met, reached.filled_m, reached.run_m,
    )  # fmt: skip


@leaf_kernel
def difference_s(after, before):
    return after.time_s - before.time_s + 1000.0 * (after.late_s - before.late_s)


@kernel
def reassigned_in_a_loop(start, steps):
    """Each call sees the tuple as it is then, and what was kept before stays as it was."""
    now = start
    before = start
    total = 0.0
    for k in range(steps):
        kept = now
        now = later(now, k * 1.0)
        total += difference_s(now, kept) + 3.0 * difference_s(kept, before) + difference_s(now, now)
        if k % 2 == 0:
            before, now = now, kept
    return total + now.time_s + before.late_s


@kernel
def with_other_times(ways, times):
    return Routes(ways.distance_m, ways.touched, ways.poor, times)


@kernel
def given_back(ways):
    return ways


@kernel
def nested_given_back(ways):
    return ways.travel_times


@kernel
def made_and_handed_up(count):
    """Arrays made below, handed up by three kernels, after whoever made them is done."""
    ways = Routes(np.ones(count), np.zeros(count, np.uint64), np.zeros(count, np.uint64), fresh_times(count))
    other = given_back(with_other_times(ways, fresh_times(count)))
    ways = given_back(other)
    times = nested_given_back(ways)
    for _ in range(3):
        times = nested_given_back(with_other_times(other, times))
    return with_other_times(ways, times), times.filled_m


@kernel
def fresh_times(count):
    flags = np.zeros(count, np.bool_)
    hours = np.arange(count) * 1.5
    return TravelTimes(hours, hours + 1.0, hours + 2.0, hours + 3.0, flags, flags, flags, hours + 4.0)


def test_nested_tuples_are_read_where_they_stand():
    ways = routes(5)
    times = ways.travel_times
    sums = ways.distance_m + 2.0 * (times.time_s + 10.0 * times.early_s + 100.0 * times.filled_m)
    assert from_nested_tuples(ways) == pytest.approx(sums.sum())


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_a_variable_given_another_tuple_is_not_seen_in_what_was_kept(steps, monkeypatch):
    start = TravelTime(5.0, 1.0, 2.0, 0.5, False, True, False, 0.0, 12.0)
    compiled = reassigned_in_a_loop(start, steps)
    module = sys.modules[__name__]
    for function in (later, difference_s):
        monkeypatch.setattr(module, function.py_func.__name__, function.py_func)
    assert compiled == reassigned_in_a_loop.py_func(start, steps)


def test_what_comes_back_is_whole_and_nothing_is_left_behind():
    _nrt_python.memsys_enable_stats()
    made_and_handed_up(3)
    gc.collect()
    before = rtsys.get_allocation_stats()
    for _ in range(50):
        ways, filled_m = made_and_handed_up(4)
        gc.collect()
        assert np.array_equal(ways.travel_times.time_s, [0.0, 1.5, 3.0, 4.5])
        assert np.array_equal(filled_m, [4.0, 5.5, 7.0, 8.5])
        assert np.array_equal(ways.distance_m, np.ones(4))
        del ways, filled_m
    gc.collect()
    after = rtsys.get_allocation_stats()
    _nrt_python.memsys_disable_stats()
    assert after.alloc - before.alloc == after.free - before.free > 0


def test_an_argument_given_back_shares_its_arrays():
    ways = routes(3)
    again = given_back(ways)
    again.distance_m[0] = 99.0
    assert ways.distance_m[0] == 99.0
    assert nested_given_back(ways).time_s.ctypes.data == ways.travel_times.time_s.ctypes.data


class Elsewhere(NamedTuple):
    """A tuple of whoever else uses numba in the same process."""

    values: np.ndarray
    factor: float


def argument_of(kind):
    return default_manager.lookup(kind).get_argument_type()


def test_tuples_of_others_stay_as_numba_has_them():
    elsewhere = typeof(Elsewhere(np.ones(2), 1.0))
    assert not is_by_reference(elsewhere)
    assert isinstance(argument_of(elsewhere), tuple)
    assert is_by_reference(typeof(routes(2)))
    assert isinstance(argument_of(typeof(routes(2))), ir.PointerType)

    @njit
    def others(mine, ways):
        return mine.values[0] * mine.factor + ways.distance_m[0] + ways.travel_times.filled_m[1]

    assert others(Elsewhere(np.array([3.0]), 2.0), routes(2)) == 6.0 + 1.0 + 7.0


def test_a_kernel_takes_one_address_for_a_tuple_of_arrays():
    """Seven words for each of eleven arrays otherwise, taken apart and put together at each call."""
    from_nested_tuples(routes(2))
    for_kernels(sum_of_route).compile((typeof(routes(2)), typeof(1)))
    (overload,) = for_kernels(sum_of_route).overloads.values()
    (function,) = [
        found for found in overload.library._final_module.functions
        if not found.is_declaration and found.name == overload.fndesc.mangled_name
    ]  # fmt: skip
    # Where to put what is returned, where an exception, the tuple, the port.
    assert len(list(function.arguments)) == 4


def test_numba_still_lowers_by_what_is_overridden():
    for name in ("loadvar", "delvar", "lower_inst", "lower_expr", "setup_function", "_alloca_var", "getvar", "init"):
        assert callable(getattr(Lower, name))
    assert NativeLowering.lowering_class.fget(None) is Lower
