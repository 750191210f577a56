"""The order in an Elyra pipeline: links between ports, through supernodes and their bindings.

Links go to what is in supernodes. What is left out of a flow hands the order on: what came after
it comes after what was before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .imported import list_in, object_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One thing that is drawn. ``said`` are its properties, whatever version wrote them.

    ``home`` is the pipeline that it is drawn in, ``inside`` the one that a supernode stands for.
    """

    id: str
    kind: str
    op: str
    label: str
    said: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Mapping[str, Any], ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    home: str = ""
    inside: str = ""

    @property
    def is_task(self) -> bool:
        return self.kind == "execution_node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What each comes after: of ``all`` boxes, and of those that are ``kept`` as tasks.

    ``missing`` has (box, its label, what it is linked to) of links that lead nowhere.
    """

    all: Mapping[str, frozenset[str]]
    kept: Mapping[str, frozenset[str]]
    missing: tuple[tuple[str, str, str], ...]


def boxes_of(document: Mapping[str, Any]) -> list[Box]:
    """Everything that is drawn in any of the pipelines of *document*."""
    drawn = (pipeline for pipeline in document["pipelines"] if isinstance(pipeline, dict))
    return [
        _box(each, str(pipeline.get("id")))
        for pipeline in drawn
        for each in list_in(pipeline.get("nodes"))
        if isinstance(each, dict)
    ]


def _box(said: Mapping[str, Any], home: str) -> Box:
    app = object_in(said.get("app_data"))
    own = app.get("component_parameters")
    own = own if isinstance(own, dict) else app
    label = own.get("label") or app.get("label") or object_in(app.get("ui_data")).get("label")
    return Box(
        id=str(said.get("id")),
        kind=str(said.get("type")),
        op=str(said.get("op") or ""),
        label=str(label or ""),
        said=own,
        inputs=tuple(each for each in list_in(said.get("inputs")) if isinstance(each, dict)),
        outputs=tuple(each for each in list_in(said.get("outputs")) if isinstance(each, dict)),
        home=home,
        inside=str(object_in(said.get("subflow_ref")).get("pipeline_id_ref") or ""),
    )


def upstream_of(boxes: Collection[Box], kept: Collection[str]) -> Upstream:
    """What each of *boxes* comes after. Links to values of other tasks count as order too."""
    by_id = {box.id: box for box in boxes}
    direct: dict[str, set[str]] = {box.id: set() for box in boxes if box.kind != "super_node"}
    missing: list[tuple[str, str, str]] = []
    for box in boxes:
        for target, source, port in _links(box):
            found = _behind(source, port, by_id)
            if found is None or target not in direct:
                missing.append((box.id, box.label, source))
            else:
                direct[target].add(found)
    bare = {name: frozenset(ups) for name, ups in direct.items()}
    after = {name: frozenset(_nearest(name, bare, kept)) for name in kept}
    return Upstream(all=bare, kept=after, missing=tuple(missing))


def _links(box: Box) -> Iterator[tuple[str, str, str]]:
    """Triples of what is linked, to which box, at which of its ports."""
    for port in box.inputs:
        target = str(port.get("subflow_node_ref") or "") if box.kind == "super_node" else box.id
        for link in list_in(port.get("links")):
            if isinstance(link, dict):
                yield target, str(link.get("node_id_ref")), str(link.get("port_id_ref") or "")


def _behind(source: str, port: str, by_id: Mapping[str, Box]) -> str | None:
    """The box that *source* stands for: a port of a supernode stands for one inside of it."""
    seen: set[str] = set()
    while source in by_id and source not in seen:
        seen.add(source)
        box = by_id[source]
        if box.kind != "super_node":
            return source
        inner = (each.get("subflow_node_ref") for each in box.outputs if each.get("id") == port)
        source, port = str(next(inner, "")), ""
    return None


def _nearest(
    name: str, upstream: Mapping[str, frozenset[str]], kept: Collection[str]
) -> Iterator[str]:
    """The kept ones before *name*, looking through those that are not."""
    seen, stack = set[str](), sorted(upstream[name])
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        if here in kept:
            yield here
        else:
            stack += sorted(upstream.get(here, ()))
