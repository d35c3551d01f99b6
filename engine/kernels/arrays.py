"""Copies from array to array. Numba's own check the shapes and say them in words, which takes seconds to compile."""

from engine.kernels.jit import leaf_kernel


@leaf_kernel
def copy_first(source, target, count):
    """Copy the first entries of a one-dimensional array."""
    for k in range(count):
        target[k] = source[k]


@leaf_kernel
def copy_points(source, target, first):
    """Copy points, shape (n, 2), to rows of a longer array from a row on."""
    for k in range(source.shape[0]):
        target[first + k, 0] = source[k, 0]
        target[first + k, 1] = source[k, 1]
