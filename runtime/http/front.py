"""What stands before us: whether browsers come by https, and which address a request is from."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from runtime.config import Network


@dataclass(frozen=True, kw_only=True, slots=True)
class Front:
    """`proxies` are believed when they say for whom they ask."""

    secure: bool = False
    proxies: Sequence[Network] = ()

    def client(self, request: web.Request) -> str:
        """The nearest address that is no proxy of ours."""
        said = ",".join(request.headers.getall("X-Forwarded-For", ()))
        hops = [request.remote or "", *reversed(said.replace(",", " ").split())]
        for hop in hops:
            try:
                address = ipaddress.ip_address(hop)
            except ValueError:
                return hop
            if not any(address in network for network in self.proxies):
                return _line(address)
        return hops[-1]


def _line(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """One customer of a provider: an address, or the 64 bits of IPv6 that he has."""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(address) >> 64 << 64))
