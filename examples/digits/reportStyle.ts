import { colorVariables } from "./series.js";

/** The report's style sheet. Lines have the colors of thalweg/plot. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1b1f24; --soft: #59616b; --rule: #dcdad3; --grid: #ebe9e3;
  --accent: #0b6e86; --digit-filter: none;
  ${colorVariables("light")}
  --plot-paper: var(--card); --plot-ink: var(--ink); --plot-muted: var(--soft); --plot-rule: var(--grid);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #13161a; --card: #1b1f25; --ink: #e9e7e2; --soft: #a2a9b2; --rule: #343a42; --grid: #272c33;
    --accent: #5cc4dc; --digit-filter: invert(1) brightness(0.94);
    ${colorVariables("dark")}
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 44px; }
h1 { font-size: clamp(1.65rem, 4.6vw, 2.5rem); line-height: 1.15; letter-spacing: -0.015em; margin: 6px 0 14px; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 52px 0 8px; letter-spacing: -0.005em; }
p { margin: 0 0 12px; max-width: 70ch; }
.kicker { color: var(--accent); font-weight: 650; margin: 0; }
.lead { font-size: 1.1rem; }
.note, figcaption, caption { color: var(--soft); font-size: 0.9rem; }
.warning { border-left: 4px solid var(--series-1); padding: 8px 14px; background: var(--card); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px; margin: 26px 0 0; padding: 0; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--card);
  border: 1px solid var(--rule); border-radius: 12px; padding: 14px 18px 16px; }
.figures dd { margin: 0; font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
.figures dt { color: var(--soft); font-size: 0.9rem; line-height: 1.4; }
.methods { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 18px 34px; margin: 18px 0 0; }
.methods dt { font-weight: 650; display: flex; align-items: center; gap: 10px; }
.methods dd { margin: 4px 0 0; font-size: 0.95rem; line-height: 1.5; }
.swatch { flex: none; }
.swatch path { fill: none; }
table { width: 100%; border-collapse: collapse; margin-top: 6px; }
caption { text-align: left; padding-bottom: 10px; caption-side: top; }
th, td { padding: 9px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
thead th { color: var(--soft); font-size: 0.85rem; font-weight: 600; vertical-align: bottom; white-space: normal; line-height: 1.3; }
table:not(.confusion) thead th:nth-child(5) { width: 8em; }
table:not(.confusion) thead th:last-child { width: 11em; }
thead tr { border-bottom: 1px solid var(--soft); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 600; }
tbody th .swatch { vertical-align: -1px; margin-right: 10px; }
.best { font-weight: 700; color: var(--accent); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 22px; margin-top: 18px; }
figure { margin: 0; }
.charts figure { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 16px 16px 14px; }
.charts h3 { font-size: 1.02rem; margin: 0 0 10px; line-height: 1.3; }
.chart svg { display: block; width: 100%; height: auto; font-family: inherit; }
.chart.narrow { display: none; }
.charts figcaption { margin-top: 8px; line-height: 1.45; }
.scroll { overflow-x: auto; }
.confusion { width: auto; margin-top: 12px; }
.confusion th, .confusion td { padding: 5px 9px; text-align: right; min-width: 2.6em; }
.confusion tbody th, .confusion thead th:first-child { text-align: left; padding-left: 0; }
.confusion .right { font-weight: 650; }
.confusion .wrong { background: color-mix(in srgb, var(--series-1) calc(8% + 0.42 * var(--share)), transparent); }
.confusion .share { color: var(--soft); }
details { margin-top: 14px; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: 10px 0; }
.mistakes { list-style: none; margin: 18px 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(88px, 1fr)); gap: 18px 14px; }
.mistakes img { display: block; width: 84px; height: 84px; image-rendering: pixelated; border: 1px solid var(--rule);
  border-radius: 8px; filter: var(--digit-filter); background: #fff; }
.mistakes p { margin: 5px 0 0; font-size: 0.8rem; line-height: 1.35; color: var(--soft); }
.mistakes b { color: var(--ink); font-weight: 650; }
footer { margin-top: 56px; padding-top: 18px; padding-bottom: 44px; border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.9rem; }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0 0 14px; }
footer dt { font-weight: 600; }
footer dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 620px) {
  header { padding-top: 28px; }
  main, header, footer { padding-left: 15px; padding-right: 15px; }
  .chart.wide { display: none; }
  .chart.narrow { display: block; }
  .charts figure { padding: 14px 8px 12px; }
  .charts h3, .charts figcaption { padding: 0 6px; }
  .figures { grid-template-columns: 1fr 1fr; gap: 10px; }
  .figures div { padding: 12px 14px; }
  .figures dd { font-size: 1.5rem; }
  .methods { grid-template-columns: 1fr; }
  table:not(.confusion), table:not(.confusion) tbody, caption { display: block; }
  table:not(.confusion) thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table:not(.confusion) tbody tr { display: block; background: var(--card); border: 1px solid var(--rule);
    border-radius: 12px; padding: 12px 14px; margin-bottom: 12px; }
  table:not(.confusion) tbody th { display: block; border: 0; padding: 0 0 6px; text-align: left; }
  table:not(.confusion) tbody td { display: flex; justify-content: space-between; gap: 8px; border: 0; padding: 2px 0;
    font-size: 0.9rem; white-space: normal; }
  .confusion { width: 100%; }
  .confusion th, .confusion td { padding: 4px 2px; min-width: 0; font-size: 0.72rem; }
  table:not(.confusion) tbody td::before { content: attr(data-label); color: var(--soft); }
  footer dl { grid-template-columns: 1fr; gap: 0; }
  footer dd { margin-bottom: 8px; }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --grid: #e6e6e6; --accent: #07566a; --digit-filter: none;
    ${colorVariables("light")}
  }
  body { font-size: 10.5pt; }
  header { padding-top: 0; }
  .figures { grid-template-columns: repeat(4, 1fr); }
  .figures dd { font-size: 1.4rem; }
  .charts { grid-template-columns: 1fr 1fr; gap: 10px; }
  .chart.wide { display: block; }
  .chart.narrow { display: none; }
  .charts figure, .mistakes li, .figures div, tr { break-inside: avoid; }
  h2 { break-after: avoid; margin-top: 26px; }
  .mistakes { grid-template-columns: repeat(auto-fill, minmax(64px, 1fr)); gap: 8px; }
  .mistakes img { width: 56px; height: 56px; }
}
`;
