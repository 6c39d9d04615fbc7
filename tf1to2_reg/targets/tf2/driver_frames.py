"""Which activations of a program build its graph."""

from __future__ import annotations

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.trace import Event, Frame, GradientEvent, PlaceholderEvent, RunEvent, Trace, TrainEvent


def driver_frames(trace: Trace) -> tuple[list[Frame], Instance | None]:
    """The activations whose statements make placeholders and train ops, and the object they belong to, if any.

    Raises:
        Refused: TFR210, TFR211 or TFR230.
    """
    marks: list[Event] = [*trace.of(PlaceholderEvent), *trace.of(TrainEvent), *trace.of(GradientEvent)]
    frames = list(dict.fromkeys(event.frame for event in sorted(marks, key=lambda event: event.order)))
    if not frames:
        first = next(iter([*trace.of(RunEvent), *trace.of_layers()]), None)
        raise refusal("TFR210", "the graph has neither placeholders nor a train op", first.node if first else None)
    owners = {frame.instance for frame in frames}
    if owners == {None}:
        if len(frames) > 1:
            other = next(event for event in marks if event.frame is frames[1])
            raise refusal("TFR230", "the graph is built in several functions", other.node)
        _once(trace, frames[0])
        return frames, None
    owner = owners.pop()
    if owners or owner is None:
        raise refusal("TFR230", "the graph is built partly in an object and partly outside", marks[0].node)
    return _frames_of(trace, owner), owner


def _once(trace: Trace, frame: Frame) -> None:
    if frame.function is None:
        return
    again = [
        other for other in trace.frames if other.function is not None and other.function.node is frame.function.node
    ]
    if len(again) > 1 or frame.loops:
        raise refusal("TFR211", f"{frame.function.name} builds the graph more than once", frame.call)


def _frames_of(trace: Trace, owner: Instance) -> list[Frame]:
    same = [item for item in trace.instances if item[0].cls.node is owner.cls.node]
    if len(same) > 1 or any(frame.loops for _, node, frame in same):
        raise refusal("TFR211", f"{owner.cls.node.name} builds its graph more than once", same[-1][1])
    own = [frame for frame in trace.frames if frame.instance is owner]
    classes = {frame.function.owner.node for frame in own if frame.function and frame.function.owner}
    if classes - {owner.cls.node}:
        raise refusal("TFR230", "the object that holds the graph inherits methods from another class", owner.cls.node)
    return own
