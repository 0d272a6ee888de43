// The application: prints what came out, or posts it to the server of its page.

import { report } from "./train.js";

if (typeof location === "undefined") report({}).then((said) => console.log(said));
else {
  const wasm = new URLSearchParams(location.search).get("wasm");
  report(wasm ? { wasm } : {}).then((body) => fetch(`/result${location.pathname}`, { method: "POST", body }));
}
