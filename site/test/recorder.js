// First script of each page for WebKit, whose console cannot be read from outside: keeps what goes wrong on the page.

window.recorded = [];
const record = (text) => window.recorded.push(text);
for (const name of ["error", "warn"]) {
  const own = console[name];
  console[name] = (...values) => {
    record(values.join(" "));
    own.apply(console, values);
  };
}
addEventListener(
  "error",
  ({ message, target }) => record(message ?? `${target.src ?? target.href} is not loaded`),
  true,
);
addEventListener("unhandledrejection", ({ reason }) => record(String(reason)));
document.addEventListener("securitypolicyviolation", ({ blockedURI, violatedDirective }) =>
  record(`${violatedDirective} forbids ${blockedURI}`),
);
new PerformanceObserver((list) => {
  for (const { name } of list.getEntries())
    if (/^https?:/.test(name) && new URL(name).origin !== location.origin) record(`request to ${name}`);
}).observe({ type: "resource", buffered: true });
