"""How a report looks: on light and dark screens, and on paper. Nothing in it comes from elsewhere."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f5f7; --line: #d9d9de; --text: #1c1c1e; --quiet: #5a5a60;
  --accent: #4b4ac4; --train: #4b4ac4; --validation: #b26a00; --test: #00796b; --none: #8a8a90;
  --on-part: #ffffff; --warning: #8a5200; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #1b1b1d; --raised: #27272a; --line: #3d3d42; --text: #ececee; --quiet: #b0b0b6;
  --accent: #a5a4ff; --train: #a5a4ff; --validation: #f0b35c; --test: #5fc9b8; --none: #8a8a90;
  --on-part: #17171a; --warning: #f0b35c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 24px 64px; }
header { border-bottom: 1px solid var(--line); padding-bottom: 24px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 40px 0 8px; break-after: avoid; }
p { margin: 8px 0; max-width: 72ch; }
.quiet, figcaption, caption { color: var(--quiet); }
.figures { display: flex; flex-wrap: wrap; gap: 8px 40px; margin: 24px 0 0; padding: 0; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--quiet); font-size: 13px; }
.figures dd { margin: 0; font-size: 24px; font-weight: 600; line-height: 1.3; }
.warning { border-left: 3px solid var(--warning); padding-left: 12px; }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px 5px 0; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: 600; font-size: 13px; vertical-align: bottom; }
.wide { overflow-x: auto; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 40px; }
svg { display: block; width: 100%; height: auto; margin: 8px 0; font: inherit; font-size: 12px; }
svg text { fill: var(--quiet); }
svg .strong { fill: var(--text); }
svg .on { fill: var(--on-part); font-weight: 600; }
svg .axis { stroke: var(--line); fill: none; }
svg .line { stroke: var(--accent); stroke-width: 2; fill: none; stroke-linejoin: round; }
svg .dot { fill: var(--accent); }
svg .faint { fill: var(--accent); fill-opacity: 0.55; }
svg .cross { stroke: var(--warning); stroke-width: 2; }
svg .ring { stroke: var(--quiet); stroke-width: 1.5; fill: var(--ground); }
svg .bar { stroke: var(--text); stroke-opacity: 0.25; }
.train { fill: var(--train); background: var(--train); }
.validation { fill: var(--validation); background: var(--validation); }
.test { fill: var(--test); background: var(--test); }
.none { fill: var(--none); background: var(--none); }
.chip { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 16px; }
.sheet figure { margin: 0; break-inside: avoid; }
.sheet img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: var(--raised); }
figcaption { font-size: 12px; line-height: 1.35; margin-top: 4px; overflow-wrap: anywhere; }
footer { margin-top: 48px; color: var(--quiet); font-size: 13px; }
@page { margin: 16mm; }
@media print {
  :root { color-scheme: light; --ground: #ffffff; --raised: #f5f5f7; --line: #c8c8ce; --text: #000000;
    --quiet: #444448; --accent: #4b4ac4; --train: #4b4ac4; --validation: #b26a00; --test: #00796b;
    --none: #77777d; --on-part: #ffffff; --warning: #8a5200; }
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .two { grid-template-columns: 1fr 1fr; gap: 0 24px; }
  .sheet { grid-template-columns: repeat(5, 1fr); gap: 10px; }
  section, table, svg { break-inside: avoid; }
  section.pictures { break-inside: auto; }
}
"""
