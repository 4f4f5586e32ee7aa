"""Heaps and places in sorted lists, in the language of scripts.

Items stand where `heapq` puts them: what moves up or down does so along the same path.
"""

from __future__ import annotations

from typing import Any


def pushed(heap: Any, item: Any) -> Any:
    """A heap with one more item."""
    heap.append(item)
    return raised(heap, 0, len(heap) - 1)


def popped(heap: Any) -> Any:
    """The least item, and the heap without it."""
    end = heap.pop()
    if len(heap) == 0:
        return end, heap
    least = heap[0]
    heap[0] = end
    return least, sunk(heap, 0)


def replaced(heap: Any, item: Any) -> Any:
    """The least item, and the heap with another in its place."""
    least = heap[0]
    heap[0] = item
    return least, sunk(heap, 0)


def pushed_and_popped(heap: Any, item: Any) -> Any:
    """The least of the heap and one more item, and the heap of the others."""
    if len(heap) > 0 and bool(heap[0] < item):
        return replaced(heap, item)
    return item, heap


def heaped(xs: Any) -> Any:
    """The items of a list as a heap."""
    for k in range(len(xs) // 2):
        xs = sunk(xs, len(xs) // 2 - 1 - k)
    return xs


def raised(heap: Any, top: Any, place: Any) -> Any:
    """Move an item up to where none above it is greater."""
    item = heap[place]
    at = place
    while at > top:
        above = (at - 1) // 2
        if not item < heap[above]:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = item
    return heap


def sunk(heap: Any, top: Any) -> Any:
    """Move an item down to a leaf, along the lesser items, and from there up to its place."""
    item = heap[top]
    at = top
    while 2 * at + 1 < len(heap):
        below = 2 * at + 1
        if below + 1 < len(heap) and not heap[below] < heap[below + 1]:
            below = below + 1
        heap[at] = heap[below]
        at = below
    heap[at] = item
    return raised(heap, top, at)


def left(a: Any, x: Any, lo: Any = 0, hi: Any = None, key: Any = None) -> Any:
    """The first place that keeps a sorted list sorted."""
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if (a[middle] if key is None else key(a[middle])) < x:
            low = middle + 1
        else:
            high = middle
    return low


def right(a: Any, x: Any, lo: Any = 0, hi: Any = None, key: Any = None) -> Any:
    """The last place that keeps a sorted list sorted."""
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if x < (a[middle] if key is None else key(a[middle])):
            high = middle
        else:
            low = middle + 1
    return low


def inserted(a: Any, place: Any, x: Any) -> Any:
    """A list with one more item before a place."""
    a.insert(place, x)
    return a


def greatest(n: Any, iterable: Any, key: Any = None) -> Any:
    """`heapq.nlargest`."""
    return sorted(iterable, key=key, reverse=True)[: max(n, 0)]


def least(n: Any, iterable: Any, key: Any = None) -> Any:
    """`heapq.nsmallest`."""
    return sorted(iterable, key=key)[: max(n, 0)]
