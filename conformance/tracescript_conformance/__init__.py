"""The conformance runner: gives cases to a loader, judges its answers, reports.

Knows messages and nothing of any executor, so that it can judge them all.
"""

from tracescript_conformance import messages

messages.install()
