// Starts the app, at the end of the glue of wasm-bindgen.
const failed = (error) => {
  document.getElementById("start-failed")?.removeAttribute("hidden");
  throw error;
};
// The preload in index.html has begun this very request: the address and the mode of both must stay the same, or it is loaded twice.
const fetched = fetch("{wasm}", { integrity: "{integrity}" });
// Compiled while the page is drawn; where that cannot be, the glue has ways of its own.
const compiled = (async () => (WebAssembly.compileStreaming ? WebAssembly.compileStreaming(fetched) : fetched))();
compiled.catch(() => {}); // Seen below, once there is a page to say it on.
const start = async () => {
  if (document.readyState === "loading") {
    await new Promise((go) => addEventListener("DOMContentLoaded", go));
  }
  const style = document.querySelector("link[rel=stylesheet]");
  if (!style.sheet) {
    await new Promise((go) => {
      style.addEventListener("load", go);
      style.addEventListener("error", go);
    });
  }
  // The empty shell is drawn first. A page that nobody sees draws nothing, and does not wait for it.
  if (!document.hidden) {
    await new Promise((go) => {
      requestAnimationFrame(() => setTimeout(go));
      addEventListener("visibilitychange", go, { once: true });
    });
  }
  await __wbg_init({ module_or_path: await compiled });
};
start().catch(failed);
