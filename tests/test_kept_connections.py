"""What is answered over a connection that is kept open is sent at once, and not held back to be sent with more."""

from __future__ import annotations

import asyncio
import socket

from api.cli.serve import listening_at


async def _holds_back() -> bool:
    """Whether the service's end of a connection waits for more before it sends a little."""
    done = asyncio.get_running_loop().create_future()

    def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0)
        writer.close()

    listener = listening_at("127.0.0.1", 0)
    async with await asyncio.start_server(accepted, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            return bool(await done)
        finally:
            writer.close()


def test_a_short_answer_does_not_wait_for_the_caller_to_confirm_the_one_before() -> None:
    assert not asyncio.run(_holds_back())
