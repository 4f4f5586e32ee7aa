"""The conformance runner: gives cases to a loader, judges its answers, reports.

Knows generated messages and nothing of any executor, so that it can judge them all.
"""
