// Runs before the first paint: the theme, the Trusted Types policy, and the first requests, which need not wait for the WebAssembly.
"use strict";

(() => {
  // "system", or nothing, leaves the choice to the style sheet's media query.
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage may be forbidden; the theme is then the system's.
    }
  };
  const theme = stored("theme");
  document.documentElement.dataset.theme = theme === "light" || theme === "dark" ? theme : "system";

  // Leptos sets innerHTML for its own static markup. No other sink is opened: script and script addresses stay refused.
  window.trustedTypes?.createPolicy("default", { createHTML: (markup) => markup });

  // The app takes these promises instead of asking again. The cookie only hints that somebody is signed in; it opens nothing.
  window.__first = {};
  const begin = (path) => {
    const response = fetch(path, { headers: { accept: "application/json" } }).then((answer) => {
      // Read before the app is there to ask for it: it then draws what it is told at once.
      const text = answer.text();
      text.catch(() => {});
      answer.text = () => text;
      return answer;
    });
    response.catch(() => {}); // Whoever takes the promises sees the failure; until then it is not unhandled.
    window.__first[path] = response;
  };
  if (document.cookie.split("; ").includes("__Host-signed_in=1")) {
    begin("/api/v1/session");
    const { pathname, search } = location;
    // Not for whoever may not see the accounts: the console remembers that of the last time.
    if ((pathname === "/" || pathname === "/accounts") && search === "" && stored("first") === null) {
      begin("/api/v1/accounts?kind=user&sort=name&limit=100&counts=status");
    }
  }

  // A script that does not arrive, or whose integrity fails, would leave the skeleton standing for ever.
  const tell = () => document.getElementById("start-failed")?.removeAttribute("hidden");
  addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) {
      if (document.readyState === "loading") {
        addEventListener("DOMContentLoaded", tell);
      } else {
        tell();
      }
    }
  }, true);
})();
