// What goes over the wire for a page, as Chromium's own network log has it.
import type { CDPSession } from "@playwright/test";

export interface Wire {
  /** Requests begun so far that went to the server. */
  requests: () => number;
  /** Octets received so far, heads included. */
  bytes: () => number;
}

/** Begins to count. */
export async function countWire(session: CDPSession): Promise<Wire> {
  const begun = new Set<string>();
  let bytes = 0;
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith("http")) {
      begun.add(requestId);
    }
  });
  session.on("Network.requestServedFromCache", ({ requestId }) => begun.delete(requestId));
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.fromDiskCache) {
      begun.delete(requestId);
    }
  });
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  return { requests: () => begun.size, bytes: () => bytes };
}
