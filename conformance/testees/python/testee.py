"""The conformance protocol for a loader in Python: `python testee.py`. Copy it, change `loader`."""

import struct
import sys

import loader

import tracescript_conformance  # noqa: F401 - before the messages, which it finds
from tracescript.conformance.v1 import testee_pb2


def call(model, request):
    try:
        return testee_pb2.Answer(outputs=model.call(request.method, request.inputs))
    except loader.SkipError as skip:
        return testee_pb2.Answer(skipped=testee_pb2.Skipped(reason=str(skip)))
    except loader.RefusalError as refusal:
        return testee_pb2.Answer(error=refusal.error)


def answer(request):
    response = testee_pb2.TesteeResponse(sequence=request.sequence)
    kind, run = request.WhichOneof("request"), request.run
    try:
        if kind == "hello":
            response.hello.MergeFrom(
                testee_pb2.HelloResponse(
                    protocol_major=1, name="minimal-python", version="1", language="Python"
                )
            )
        elif kind == "run":
            model = loader.load(run.model.content, run.full_verify, len(run.calls))
            response.run.answers.extend(call(model, one) for one in run.calls)
        else:
            raise loader.SkipError("only run requests")
    except loader.SkipError as skip:
        response.skipped.reason = str(skip)
    except loader.RefusalError as refusal:
        response.run.refused.CopyFrom(refusal.error)
    return response


if __name__ == "__main__":
    while header := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(struct.unpack("<I", header)[0])
        reply = answer(testee_pb2.TesteeRequest.FromString(data)).SerializeToString()
        sys.stdout.buffer.write(struct.pack("<I", len(reply)) + reply)
        sys.stdout.buffer.flush()
