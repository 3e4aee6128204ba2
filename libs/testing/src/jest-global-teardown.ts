async function stopTestServers(): Promise<void> {
  await globalThis.parleyTestServers?.close();
}

export = stopTestServers;
