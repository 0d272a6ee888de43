// Style sheet of mounted charts, for their shadow root.

import { inks } from "../colors.js";

const ink = (name: string): string => {
  const { light, dark } = inks[name] as { light: string; dark: string };
  return `var(--plot-${name},light-dark(${light},${dark}))`;
};

export const pageStyle = `
:host{display:block;color:${ink("ink")};font:14px/1.4 system-ui,sans-serif;font-family:inherit}
.title{font-weight:600;margin:0 0 4px}
.key,.controls{display:flex;flex-wrap:wrap;gap:4px 6px;align-items:center;margin:0 0 6px}
.controls{margin:6px 0 0}
.key{margin-left:-8px}
button,label{font:inherit;color:inherit;background:none;border:1px solid transparent;border-radius:6px;padding:2px 8px;
min-height:28px;display:inline-flex;align-items:center;gap:6px}
label{padding-left:0}
button{cursor:pointer}
.controls button{border-color:${ink("rule")}}
button:hover{background:color-mix(in srgb,${ink("muted")} 14%,transparent)}
button[aria-pressed=false]{color:${ink("muted")}}
.key button[aria-pressed=false] span{text-decoration:line-through}
.key button[aria-pressed=false] svg{opacity:.25}
.controls button[aria-pressed=true]{background:color-mix(in srgb,${ink("muted")} 20%,transparent);border-color:${ink("muted")}}
:focus-visible{outline:2px solid ${ink("ink")};outline-offset:2px}
.key svg{width:22px;height:12px;overflow:visible}
input{accent-color:${ink("muted")};width:110px;margin:0}
.plot{position:relative;touch-action:pan-y;cursor:crosshair;border-radius:4px}
.plot>svg{display:block;width:100%;height:auto}
.plot>.overlay{position:absolute;inset:0;pointer-events:none}
.tip{position:absolute;top:0;left:0;pointer-events:none;background:${ink("paper")};border:1px solid ${ink("muted")};
border-radius:6px;padding:4px 8px;font-size:13px;max-width:90%;box-shadow:0 2px 8px rgb(0 0 0/.18);font-variant-numeric:tabular-nums}
.tip[hidden]{display:none}
.tip div{display:grid;grid-template-columns:22px auto auto;gap:0 8px;align-items:center}
.tip svg{width:22px;height:12px}
.tip b{font-weight:600;text-align:right}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
`;
