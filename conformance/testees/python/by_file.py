"""Our loader behind the exec door: `python by_file.py ASK OUT`, one process a request."""

import sys
from pathlib import Path

from tracescript import testee
from tracescript.conformance.v1 import testee_pb2

ask, out = map(Path, sys.argv[1:3])
request = testee_pb2.TesteeRequest.FromString(ask.read_bytes())
out.write_bytes(testee.answer(testee.Loader(), request).SerializeToString())
