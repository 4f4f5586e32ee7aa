"""The executor: runs `.tsproto` files for other processes over gRPC, and the client for it."""

from tracescript.service.client import Client
from tracescript.service.limits import ServiceLimits
from tracescript.service.server import Server

__all__ = ["Client", "Server", "ServiceLimits"]
