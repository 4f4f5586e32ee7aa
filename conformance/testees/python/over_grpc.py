"""Our loader behind the gRPC door: `python over_grpc.py PORT` serves TesteeService."""

import signal
import sys
from concurrent import futures

import grpc

from tracescript import testee
from tracescript.conformance.v1 import testee_pb2

KINDS = {"Hello": "hello", "Run": "run", "Inspect": "inspect", "Save": "save"}


def handler(kind):
    """Return what answers one RPC; a whole request that is skipped is UNIMPLEMENTED."""

    def answer(data, context):
        request = testee_pb2.TesteeRequest()
        getattr(request, kind).ParseFromString(data)
        getattr(request, kind).SetInParent()
        response = testee.answer(testee.Loader(), request)
        if response.WhichOneof("response") == "skipped":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, response.skipped.reason)
        return getattr(response, kind).SerializeToString()

    return grpc.unary_unary_rpc_method_handler(answer)


server = grpc.server(
    futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1)]
)
handlers = {name: handler(kind) for name, kind in KINDS.items()}
service = "tracescript.conformance.v1.TesteeService"
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
signal.signal(signal.SIGTERM, lambda *_: server.stop(0))
server.wait_for_termination()
