// The preload in index.html has begun this very request: the address and the mode of both must stay the same, or it is loaded twice.
__wbg_init({ module_or_path: fetch("{wasm}", { integrity: "{integrity}" }) }).catch((error) => {
  document.getElementById("start-failed")?.removeAttribute("hidden");
  throw error;
});
