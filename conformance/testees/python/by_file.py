"""The small loader behind the exec door: `python by_file.py ASK OUT`, one process a request."""

import sys
from pathlib import Path

from testee import answer, testee_pb2

ask, out = map(Path, sys.argv[1:3])
request = testee_pb2.TesteeRequest.FromString(ask.read_bytes())
out.write_bytes(answer(request).SerializeToString())
