"""Shortest water paths: the visibility graph of the corners, its trees towards the ports, and the query.

Every edge is weighed by its geodesic on the ellipsoid. The table that ships is only the tree, which corner comes
next on the way to which port; lengths are derived from it on loading, so table and geometry cannot disagree.

References
----------
E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1 (1959) 269-271.
T. Lozano-Pérez, M. A. Wesley, "An algorithm for planning collision-free paths among polyhedral obstacles",
Communications of the ACM 22 (1979) 560-570.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.arrays import copy_first
from engine.kernels.geodesy import earth_centred, geodesic_length_m
from engine.kernels.heap import pop, push
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.visibility import is_tangent, new_view, point_of_target, point_of_vertex, visible_vertices

DIRECT = -2
"""Instead of a corner number: the target itself is in sight."""


class Graph(NamedTuple):
    """Edges between corners.

    Attributes
    ----------
    start : ndarray of int64, shape (k + 1,)
    end : ndarray of int32
        Corner at the far end of each edge: ``end[start[c]:start[c + 1]]``.
    length : ndarray of float64
        Geodesic length of each edge. [m]
    """

    start: np.ndarray
    end: np.ndarray
    length: np.ndarray


@kernel
def visibility_graph(space):
    """Edges between corners that see each other along a line tangent to the wall at both ends.

    Returns
    -------
    Graph
    """
    mesh, corners = space.mesh, space.corners
    count = corners.vertex.shape[0]
    view = new_view(space)
    start = np.zeros(count + 1, np.int64)
    capacity = 64 * count + 64
    end = np.empty(capacity, np.int32)
    length = np.empty(capacity, np.float64)
    used = 0
    for c in range(count):
        v = corners.vertex[c]
        found, _ = visible_vertices(space, point_of_vertex(mesh, v), view)
        if used + found > capacity:
            capacity = 2 * capacity + found
            wider_end = np.empty(capacity, np.int32)
            wider_length = np.empty(capacity, np.float64)
            copy_first(end, wider_end, used)
            copy_first(length, wider_length, used)
            end = wider_end
            length = wider_length
        for k in range(found):
            w = corners.vertex[view.corners[k]]
            if is_tangent(mesh.x, mesh.y, mesh.x[w], mesh.y[w], v, corners.before[c], corners.after[c]):
                end[used] = view.corners[k]
                length[used] = geodesic_length_m(mesh.lon[v], mesh.lat[v], mesh.lon[w], mesh.lat[w])
                used += 1
        start[c + 1] = used
    return Graph(start, end[:used].copy(), length[:used].copy())


@kernel
def tree_towards_target(space, graph, target):
    """For every corner, the corner that comes next on its shortest path to one target.

    Returns
    -------
    ndarray of int32, shape (k,)
        Corner number, `DIRECT` where the target is in sight and nearest so, `NOWHERE` where it cannot be reached.
    """
    mesh, corners, targets, _ = space
    count = corners.vertex.shape[0]
    following = np.full(count, NOWHERE, np.int32)
    if targets.triangle[target] == NOWHERE:
        return following
    view = new_view(space)
    distance = np.full(count, np.inf)
    done = np.zeros(count, np.bool_)
    heap_key = np.empty(graph.end.shape[0] + 2 * count + 3, np.float64)
    heap_item = np.empty(graph.end.shape[0] + 2 * count + 3, np.int32)
    size = 0
    found, _ = visible_vertices(space, point_of_target(targets, target), view)
    for k in range(found):
        c = view.corners[k]
        v = corners.vertex[c]
        distance[c] = geodesic_length_m(mesh.lon[v], mesh.lat[v], targets.lon[target], targets.lat[target])
        following[c] = DIRECT
        heap_key[size] = distance[c]
        heap_item[size] = c
        push(heap_key, heap_item, size)
        size += 1
    while size > 0:
        reached, c = pop(heap_key, heap_item, size)
        size -= 1
        if done[c]:
            continue
        done[c] = True
        for e in range(graph.start[c], graph.start[c + 1]):
            w = graph.end[e]
            longer = reached + graph.length[e]
            if longer < distance[w]:
                distance[w] = longer
                following[w] = c
                heap_key[size] = longer
                heap_item[size] = w
                push(heap_key, heap_item, size)
                size += 1
    return following


@kernel
def lengths_of_trees(mesh, corners, targets, following):
    """Distance from every corner to every target, along the trees of `tree_towards_target`.

    Parameters
    ----------
    mesh : Mesh
    corners : Corners
    targets : Targets
    following : ndarray of int32, shape (k, p)

    Returns
    -------
    ndarray of float64, shape (k, p)
        Infinite where a target cannot be reached. [m]
    """
    count, target_count = following.shape
    distance = np.full((count, target_count), np.nan)
    # Ports share most of their trees: the few distinct next corners of each corner are measured once.
    known_end = np.empty(target_count, np.int32)
    known_length = np.empty(target_count, np.float64)
    leg = np.empty((count, target_count), np.float64)
    for c in range(count):
        v = corners.vertex[c]
        known = 0
        for p in range(target_count):
            w = following[c, p]
            if w == NOWHERE:
                leg[c, p] = np.inf
            elif w == DIRECT:
                leg[c, p] = geodesic_length_m(mesh.lon[v], mesh.lat[v], targets.lon[p], targets.lat[p])
            else:
                k = 0
                while k < known and known_end[k] != w:
                    k += 1
                if k == known:
                    u = corners.vertex[w]
                    known_end[k] = w
                    known_length[k] = geodesic_length_m(mesh.lon[v], mesh.lat[v], mesh.lon[u], mesh.lat[u])
                    known += 1
                leg[c, p] = known_length[k]
    memo = np.empty(count, np.int32)
    for p in range(target_count):
        for c in range(count):
            steps = 0
            at = c
            while np.isnan(distance[at, p]):
                if following[at, p] < 0:
                    distance[at, p] = leg[at, p]
                else:
                    memo[steps] = at
                    steps += 1
                    at = following[at, p]
            for k in range(steps - 1, -1, -1):
                distance[memo[k], p] = leg[memo[k], p] + distance[following[memo[k], p], p]
    return distance


@kernel
def distances_to_targets(space, distance, point):
    """Shortest water distance from one point to every target.

    Parameters
    ----------
    space : SearchSpace
    distance : ndarray of float64, shape (k, p)
        Corner-to-target table. [m]
    point : MeshPoint

    Returns
    -------
    shortest : ndarray of float64, shape (p,)
        Infinite where there is no way. [m]
    via : ndarray of int64, shape (p,)
        First corner on the way, `DIRECT`, or `NOWHERE`.
    """
    count = space.targets.x.shape[0]
    shortest, via = np.empty(count), np.empty(count, np.int64)
    fill_distances(space, distance, point, new_view(space), shortest, via)
    return shortest, via


@leaf_kernel
def fill_distances(space, distance, point, view, shortest, via):
    """`distances_to_targets`, entered in `shortest` and `via`; what is seen is entered in a `View`."""
    mesh, corners, targets, _ = space
    seen_corners, seen_targets, _ = view
    lon, lat = point.lon, point.lat
    target_count = shortest.shape[0]
    for p in range(target_count):
        shortest[p] = np.inf
        via[p] = NOWHERE
    found_corners, found_targets = visible_vertices(space, point, view)
    for k in range(found_targets):
        p = seen_targets[k]
        shortest[p] = geodesic_length_m(lon, lat, targets.lon[p], targets.lat[p])
        via[p] = DIRECT
    vertex_of = corners.vertex
    space = mesh.earth_centred
    vertex_lon = mesh.lon
    vertex_lat = mesh.lat
    here_x, here_y, here_z = earth_centred(lon, lat)
    for k in range(found_corners):
        c = seen_corners[k]
        v = vertex_of[c]
        chord = sqrt((space[v, 0] - here_x) ** 2 + (space[v, 1] - here_y) ** 2 + (space[v, 2] - here_z) ** 2)
        # Most corners help no target. The chord is below the geodesic, so those that fail here fail for good;
        # counting instead of leaving early lets the loop run in vector registers.
        helped = 0
        for p in range(target_count):
            helped += chord + distance[c, p] < shortest[p]
        if helped == 0:
            continue
        leg = geodesic_length_m(lon, lat, vertex_lon[v], vertex_lat[v])
        for p in range(target_count):
            length = leg + distance[c, p]
            if length < shortest[p]:
                shortest[p] = length
                via[p] = c


@kernel
def path_between(space, point):
    """Corners on the shortest water path from a point to the first target, by A*.

    The visibility graph is not needed: what a corner sees is found when the search gets there. The geodesic to the
    target never exceeds the distance still to go, so the first arrival is the shortest.

    Parameters
    ----------
    space : SearchSpace
        Only the first target counts.
    point : MeshPoint

    Returns
    -------
    length : float
        Infinite when there is no way. [m]
    path : ndarray of int32, shape (n,)
        Corner numbers in order, none when the target is in sight.
    """
    mesh, corners, targets, _ = space
    count = corners.vertex.shape[0]
    end_lon = targets.lon[0]
    end_lat = targets.lat[0]
    view = new_view(space)
    # The last place stands for the target itself.
    reached = np.full(count + 1, np.inf)
    came_from = np.full(count + 1, NOWHERE, np.int32)
    done = np.zeros(count + 1, np.bool_)
    capacity = 4096
    heap_key = np.empty(capacity)
    heap_item = np.empty(capacity, np.int32)
    size = 0
    at = NOWHERE
    travelled = 0.0
    while True:
        here = point if at == NOWHERE else point_of_vertex(mesh, corners.vertex[at])
        found_corners, found_targets = visible_vertices(space, here, view)
        while size + found_corners + 1 > capacity:
            capacity *= 2
            wider_key = np.empty(capacity)
            wider_item = np.empty(capacity, np.int32)
            copy_first(heap_key, wider_key, size)
            copy_first(heap_item, wider_item, size)
            heap_key = wider_key
            heap_item = wider_item
        for k in range(found_corners + 1):
            if k < found_corners:
                c = view.corners[k]
                w = corners.vertex[c]
                to_lon, to_lat = mesh.lon[w], mesh.lat[w]
                to_go = geodesic_length_m(to_lon, to_lat, end_lon, end_lat)
            elif found_targets > 0:
                c = count
                to_lon, to_lat = end_lon, end_lat
                to_go = 0.0
            else:
                break
            if done[c]:
                continue
            length = travelled + geodesic_length_m(here.lon, here.lat, to_lon, to_lat)
            if length < reached[c]:
                reached[c] = length
                came_from[c] = at
                heap_key[size] = length + to_go
                heap_item[size] = c
                push(heap_key, heap_item, size)
                size += 1
        at = NOWHERE
        while size > 0:
            _, c = pop(heap_key, heap_item, size)
            size -= 1
            if not done[c]:
                at = c
                break
        if at == NOWHERE:
            return np.inf, np.empty(0, np.int32)
        if at == count:
            break
        done[at] = True
        travelled = reached[at]
    steps = 0
    at = came_from[count]
    while at != NOWHERE:
        steps += 1
        at = came_from[at]
    path = np.empty(steps, np.int32)
    at = came_from[count]
    for k in range(steps - 1, -1, -1):
        path[k] = at
        at = came_from[at]
    return reached[count], path
