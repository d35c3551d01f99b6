"""Lines of sight: whether one aim is in sight, and all that may be seen from anywhere near a point.

Both walk the triangles as `engine.kernels.visibility.see` does, and agree with it.
"""

from engine.kernels.jit import leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import length_of, orientation
from engine.kernels.visibility import opposite_vertex

TOO_MUCH = -1
"""Instead of a count: the look round was given up."""


@leaf_kernel
def is_in_sight(mesh, needed_depth, here, aim, stack):
    """Whether `see` would see one corner or target from a point that is no vertex.

    Parameters
    ----------
    mesh : Mesh
    needed_depth : float
        Triangles with less water are walls. [m]
    here : MeshPoint
        In an open triangle.
    aim : MeshPoint
        What is looked for, as from `point_of_vertex` or `point_of_target`.
    stack : ndarray of int32, shape (>= m, 4)
        Scratch.
    """
    x, y, triangles, neighbours, least_depth = mesh.x, mesh.y, mesh.triangles, mesh.neighbours, mesh.least_depth
    px, py, start = here.x, here.y, here.triangle
    aim_x, aim_y, aim_vertex, aim_triangle = aim.x, aim.y, aim.vertex, aim.triangle
    top = 0
    found = start == aim_triangle
    for i in range(3):
        right = triangles[start, (i + 1) % 3]
        left = triangles[start, (i + 2) % 3]
        found = found or right == aim_vertex
        beyond = neighbours[start, i]
        if (
            beyond != NOWHERE
            and least_depth[beyond] >= needed_depth
            and orientation(px, py, x[right], y[right], aim_x, aim_y) >= 0.0
            and orientation(px, py, x[left], y[left], aim_x, aim_y) <= 0.0
        ):
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = beyond, start, left, right
            top += 1
    while top > 0 and not found:
        top -= 1
        t, came_from, left, right = stack[top]
        i = opposite_vertex(neighbours, t, came_from)
        far, through_right, through_left = triangles[t, i], neighbours[t, (i + 1) % 3], neighbours[t, (i + 2) % 3]
        # The aim lies between left and right, or on one of them; so once it is reached it is in sight.
        found = t == aim_triangle or far == aim_vertex
        beyond_left = orientation(px, py, x[left], y[left], x[far], y[far])
        beyond_right = orientation(px, py, x[right], y[right], x[far], y[far])
        is_inside = beyond_left <= 0.0 and beyond_right >= 0.0
        # Behind the far vertex, on the line through it, the aim may be reached on either side.
        side = orientation(px, py, x[far], y[far], aim_x, aim_y)
        if (
            side <= 0.0
            and beyond_right > 0.0
            and through_right != NOWHERE
            and least_depth[through_right] >= needed_depth
        ):
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = through_right, t, left, right
            if is_inside:
                stack[top, 2] = far
            top += 1
        if side >= 0.0 and beyond_left < 0.0 and through_left != NOWHERE and least_depth[through_left] >= needed_depth:
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = through_left, t, left, right
            if is_inside:
                stack[top, 3] = far
            top += 1
    return found


@leaf_kernel
def is_surely_in_sight(mesh, needed_depth, middle, radius, aim):
    """Whether one corner or target is in sight from every point of one triangle within a radius of its middle.

    Walks along the line from the middle to the aim. Seen from a point moved by d, that line turns against a vertex a by
    no more than |d| |aim - a|, as an area; so as long as every vertex keeps that clear of it, the line from any such
    point crosses the same edges. What comes closer is not sure, though it may well be in sight.

    Parameters
    ----------
    mesh, needed_depth, aim
        As for `is_in_sight`.
    middle : MeshPoint
        In the triangle, an open one.
    radius : float
        [m]
    """
    x, y, triangles, neighbours, least_depth = mesh.x, mesh.y, mesh.triangles, mesh.neighbours, mesh.least_depth
    px, py, start = middle.x, middle.y, middle.triangle
    aim_x, aim_y, aim_vertex, aim_triangle = aim.x, aim.y, aim.vertex, aim.triangle
    if start == aim_triangle:
        return True
    for i in range(3):
        if triangles[start, i] == aim_vertex:
            return True
    t, came_from = NOWHERE, start
    for i in range(3):
        right, left = triangles[start, (i + 1) % 3], triangles[start, (i + 2) % 3]
        if (
            orientation(px, py, x[right], y[right], aim_x, aim_y)
            >= radius * length_of(aim_x - x[right], aim_y - y[right])
            and -orientation(px, py, x[left], y[left], aim_x, aim_y)
            >= radius * length_of(aim_x - x[left], aim_y - y[left])
        ):  # fmt: skip
            t = neighbours[start, i]
    while t != NOWHERE and least_depth[t] >= needed_depth:
        i = opposite_vertex(neighbours, t, came_from)
        far = triangles[t, i]
        if t == aim_triangle or far == aim_vertex:
            return True
        side = orientation(px, py, x[far], y[far], aim_x, aim_y)
        clear = radius * length_of(aim_x - x[far], aim_y - y[far])
        came_from = t
        if side >= clear:
            t = neighbours[t, (i + 2) % 3]
        elif -side >= clear:
            t = neighbours[t, (i + 1) % 3]
        else:
            t = NOWHERE
    return False


@leaf_kernel
def conservative_visibility(space, middle, radius, view, corner_is_seen, target_is_seen):
    """Every corner and target that may be seen from a point of one triangle within a radius of its middle.

    The walk is that of `see` with every test relaxed: seen from a point moved by d, the line over a vertex a turns
    against a place X by no more than |d| |X - a|, as an area. So nothing is left out, and some that is reported can be
    seen from nowhere in there.

    Parameters
    ----------
    space : SearchSpace
    middle : MeshPoint
        In the triangle, an open one.
    radius : float
        [m]
    view : View
        Corners and targets are entered, each once.
    corner_is_seen : ndarray of bool, shape (k,)
        All false; left so.
    target_is_seen : ndarray of bool, shape (p,)
        All false; left so.

    Returns
    -------
    tuple of int
        How many corners and targets were entered; `TOO_MUCH` for both where the walk would not end.
    """
    mesh = space.mesh
    corners = space.corners
    targets = space.targets
    needed_depth = space.needed_depth_m
    seen_corners, seen_targets, stack = view.corners, view.targets, view.stack
    px, py, start = middle.x, middle.y, middle.triangle
    x, y, triangles, neighbours, least_depth = mesh.x, mesh.y, mesh.triangles, mesh.neighbours, mesh.least_depth
    corner_of, first_target, next_target = corners.of_vertex, targets.first, targets.following
    before, after, target_x, target_y = corners.before, corners.after, targets.x, targets.y
    room = stack.shape[0] - 2
    corner_count = 0
    target_count = 0
    top = 0
    p = first_target[start]
    while p != NOWHERE:
        target_is_seen[p] = True
        seen_targets[target_count] = p
        target_count += 1
        p = next_target[p]
    for i in range(3):
        right = triangles[start, (i + 1) % 3]
        left = triangles[start, (i + 2) % 3]
        beyond = neighbours[start, i]
        if beyond != NOWHERE and least_depth[beyond] >= needed_depth:
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = beyond, start, left, right
            top += 1
        c = corner_of[right]
        if c != NOWHERE and _may_be_tangent(x, y, px, py, radius, right, before[c], after[c]):
            corner_is_seen[c] = True
            seen_corners[corner_count] = c
            corner_count += 1
    # From a point no triangle is walked through often; from all round one, where islands crowd, many are.
    left_to_visit = triangles.shape[0]
    while top > 0:
        top -= 1
        left_to_visit -= 1
        if left_to_visit < 0 or top > room:
            break
        t, came_from, left, right = stack[top]
        i = opposite_vertex(neighbours, t, came_from)
        far, through_right, through_left = triangles[t, i], neighbours[t, (i + 1) % 3], neighbours[t, (i + 2) % 3]
        after_far, before_far = triangles[t, (i + 1) % 3], triangles[t, (i + 2) % 3]
        far_x, far_y, left_x, left_y, right_x, right_y = x[far], y[far], x[left], y[left], x[right], y[right]
        p = first_target[t]
        while p != NOWHERE:
            if (
                not target_is_seen[p]
                and orientation(px, py, left_x, left_y, target_x[p], target_y[p])
                <= radius * length_of(target_x[p] - left_x, target_y[p] - left_y)
                and orientation(px, py, right_x, right_y, target_x[p], target_y[p])
                >= -radius * length_of(target_x[p] - right_x, target_y[p] - right_y)
            ):
                target_is_seen[p] = True
                seen_targets[target_count] = p
                target_count += 1
            p = next_target[p]
        beyond_left = orientation(px, py, left_x, left_y, far_x, far_y)
        beyond_right = orientation(px, py, right_x, right_y, far_x, far_y)
        is_left_open = beyond_left <= radius * length_of(far_x - left_x, far_y - left_y)
        is_right_open = beyond_right >= -radius * length_of(far_x - right_x, far_y - right_y)
        if is_left_open and is_right_open:
            c = corner_of[far]
            if (
                c != NOWHERE
                and not corner_is_seen[c]
                and _may_be_tangent(x, y, px, py, radius, far, before[c], after[c])
            ):
                corner_is_seen[c] = True
                seen_corners[corner_count] = c
                corner_count += 1
        # Whoever looks through an edge looks past both its ends; the narrower of two bounds is kept.
        if (
            is_right_open
            and through_right != NOWHERE
            and least_depth[through_right] >= needed_depth
            and _may_see_out(x, y, px, py, radius, before_far, far)
        ):
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = through_right, t, left, right
            if beyond_left <= 0.0:
                stack[top, 2] = far
            top += 1
        if (
            is_left_open
            and through_left != NOWHERE
            and least_depth[through_left] >= needed_depth
            and _may_see_out(x, y, px, py, radius, far, after_far)
        ):
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = through_left, t, left, right
            if beyond_right >= 0.0:
                stack[top, 3] = far
            top += 1
    for k in range(corner_count):
        corner_is_seen[seen_corners[k]] = False
    for k in range(target_count):
        target_is_seen[seen_targets[k]] = False
    if left_to_visit < 0 or top > 0:
        return TOO_MUCH, TOO_MUCH
    return corner_count, target_count


@leaf_kernel
def _may_see_out(x, y, px, py, radius, start, end):
    """Whether an edge of a triangle, counter-clockwise, may be looked through from inside."""
    return orientation(x[start], y[start], x[end], y[end], px, py) >= -radius * length_of(
        x[end] - x[start], y[end] - y[start]
    )


@leaf_kernel
def _may_be_tangent(x, y, px, py, radius, v, before, after):
    """Whether `is_tangent` may hold somewhere within a radius."""
    first = orientation(px, py, x[v], y[v], x[before], y[before])
    two = orientation(px, py, x[v], y[v], x[after], y[after])
    one_slack = radius * length_of(x[before] - x[v], y[before] - y[v])
    two_slack = radius * length_of(x[after] - x[v], y[after] - y[v])
    return not ((first > one_slack and two < -two_slack) or (first < -one_slack and two > two_slack))
