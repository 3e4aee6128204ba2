"""The Python Socket.IO client, driven by JSON lines: see ../../src/clients/program.ts.

Its asyncio variant: the one with threads runs each event in a thread of its own, so that they overtake each other.
"""

import asyncio
import json
import sys

import socketio

connections = {}


def tell(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def connect(c, url, token):
    client = socketio.AsyncClient(reconnection=False)
    connections[c] = client
    client.on("*", lambda event, payload=None: tell({"c": c, "event": event, "payload": payload}))
    client.on("connect", lambda: tell({"c": c, "connected": True}))
    client.on("connect_error", lambda refusal=None: tell({"c": c, "refused": refusal}))
    client.on("disconnect", lambda *_: tell({"c": c, "closed": True}))
    try:
        await client.connect(url, auth={"token": token}, transports=["websocket"], wait=False)
    except socketio.exceptions.ConnectionError as error:
        tell({"c": c, "refused": {"message": str(error)}})


async def request(c, id, name, data):
    await connections[c].emit(name, data, callback=lambda answer: tell({"c": c, "id": id, "answer": answer}))


async def close(c):
    await connections[c].disconnect()


orders = {"connect": connect, "request": request, "close": close}


async def main():
    lines = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        order = json.loads(line)
        await orders[order.pop("do")](**order)
    for client in connections.values():
        await client.disconnect()


asyncio.run(main())
