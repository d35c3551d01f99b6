"""A binary heap in two arrays: keys and the items they belong to."""

from engine.kernels.jit import leaf_kernel


@leaf_kernel
def push(heap_key, heap_item, position):
    """Let an entry rise from its position to where it belongs."""
    key = heap_key[position]
    item = heap_item[position]
    while position > 0:
        parent = (position - 1) >> 1
        if heap_key[parent] <= key:
            break
        heap_key[position] = heap_key[parent]
        heap_item[position] = heap_item[parent]
        position = parent
    heap_key[position] = key
    heap_item[position] = item


@leaf_kernel
def pop(heap_key, heap_item, size):
    """Take the least entry off; returns it and leaves ``size - 1`` entries."""
    least_key = heap_key[0]
    least_item = heap_item[0]
    size -= 1
    key = heap_key[size]
    item = heap_item[size]
    position = 0
    while True:
        child = 2 * position + 1
        if child >= size:
            break
        if child + 1 < size and heap_key[child + 1] < heap_key[child]:
            child += 1
        if heap_key[child] >= key:
            break
        heap_key[position] = heap_key[child]
        heap_item[position] = heap_item[child]
        position = child
    if size > 0:
        heap_key[position] = key
        heap_item[position] = item
    return least_key, least_item
