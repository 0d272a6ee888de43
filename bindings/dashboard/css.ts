// Style sheet of dashboards, for their shadow root.

import { inks } from "../plot/colors.js";

const ink = (name: string): string => {
  const { light, dark } = inks[name] as { light: string; dark: string };
  return `var(--plot-${name},light-dark(${light},${dark}))`;
};

export const dashboardStyle = `
:host{display:block;color:${ink("ink")};font:14px/1.4 system-ui,sans-serif;font-family:inherit;container-type:inline-size}
.bar{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;margin:0 0 12px}
.bar p{margin:0;flex:1 1 16em;font-variant-numeric:tabular-nums;min-height:1.4em}
progress{flex:1 0 100%;width:100%;height:6px;accent-color:${ink("ink")}}
button{font:inherit;color:inherit;background:none;border:1px solid ${ink("muted")};border-radius:6px;padding:2px 10px;
min-height:30px;cursor:pointer}
button:hover:enabled{background:color-mix(in srgb,${ink("muted")} 14%,transparent)}
button:disabled{color:${ink("muted")};border-color:${ink("rule")};cursor:default}
:focus-visible{outline:2px solid ${ink("ink")};outline-offset:2px}
.charts,.weights{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:18px;align-items:start}
.weights{grid-template-columns:repeat(auto-fit,minmax(min(100%,220px),1fr))}
.charts>:empty,.weights:empty{display:none}
.wide{grid-column:1/-1}
`;
