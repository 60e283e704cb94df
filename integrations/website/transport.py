"""An HTTP transport that connects only to addresses it has looked at, so that a name cannot change in between."""

import httpx

from integrations.website.addresses import PORTS, AddressRefusedError, public_ip


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves each host itself, refuses private addresses, and connects to the very address that it checked."""

    def __init__(self, *, may_be_private: frozenset[str] = frozenset()) -> None:
        self._inner = httpx.AsyncHTTPTransport(retries=1)
        self._may_be_private = may_be_private

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises httpx.ConnectError for what must not be reached."""
        host = request.url.host
        port = request.url.port or PORTS[request.url.scheme]
        try:
            address = await public_ip(host, port, may_be_private=host in self._may_be_private)
        except AddressRefusedError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        # The Host header keeps the name; the certificate is checked against it too.
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()
