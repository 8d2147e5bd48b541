// Runs in each page before its own scripts: notes when the first row was painted, and what was in the way.

/** What the page tells; times are milliseconds since the navigation began. */
export interface Probe {
  /** Resolves when the frame with the first row has been painted. */
  firstRow: Promise<number>;
  longTasks: { start: number; duration: number }[];
  shift: number;
  wasmMemories: WebAssembly.Memory[];
  /** Calls back with the time after the next frame was handed to the compositor. */
  painted: (done: (at: number) => void) => void;
}

declare global {
  interface Window {
    bench: Probe;
  }
}

/** Must not use anything outside of itself: its text is what runs. */
export function probe(): void {
  const painted = (done: (at: number) => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(undefined);
    });

  // Each account's row shows an address.
  const firstRow = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector("tbody")?.textContent?.includes("@")) {
        observer.disconnect();
        painted(resolve);
      }
    });
    observer.observe(document, { childList: true, characterData: true, subtree: true });
  });

  const bench: Probe = { firstRow, longTasks: [], shift: 0, wasmMemories: [], painted };
  window.bench = bench;

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      bench.longTasks.push({ start: startTime, duration });
    }
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      bench.shift += (entry as PerformanceEntry & { value: number }).value;
    }
  }).observe({ type: "layout-shift", buffered: true });

  const note = (instance: WebAssembly.Instance) => {
    const { memory } = instance.exports;
    if (memory instanceof WebAssembly.Memory) {
      bench.wasmMemories.push(memory);
    }
  };
  // The module is compiled first: what is made of it is an instance alone.
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = (async (source: WebAssembly.Module, imports?: WebAssembly.Imports) => {
    const made: WebAssembly.Instance = await instantiate(source, imports);
    note(made);
    return made;
  }) as typeof WebAssembly.instantiate;
}
