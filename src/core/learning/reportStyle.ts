/**
 * The style of the report's page. In the editor the colours are those of its theme; elsewhere, as a file or on paper,
 * those of the reader's light or dark scheme.
 */
const LIGHT = `--text:var(--vscode-foreground,#1f2328);--paper:var(--vscode-editor-background,#fff);
--quiet:var(--vscode-descriptionForeground,#59636e);--line:var(--vscode-contrastBorder,var(--vscode-widget-border,#d1d9e0));
--card:var(--vscode-editorWidget-background,#f6f8fa);--good:var(--vscode-charts-green,#1a7f37);
--bad:var(--vscode-charts-red,#cf222e);--mark:var(--vscode-charts-blue,#0969da);`;
const DARK = `--text:var(--vscode-foreground,#e6edf3);--paper:var(--vscode-editor-background,#0d1117);
--quiet:var(--vscode-descriptionForeground,#9da7b1);--line:var(--vscode-contrastBorder,var(--vscode-widget-border,#3d444d));
--card:var(--vscode-editorWidget-background,#151b23);--good:var(--vscode-charts-green,#3fb950);
--bad:var(--vscode-charts-red,#ff7b72);--mark:var(--vscode-charts-blue,#4493f8);`;
const PAPER = `--text:#000;--paper:#fff;--quiet:#444;--line:#999;--card:#fff;--good:#116329;--bad:#a40e26;--mark:#0550ae;`;

export const REPORT_STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media(prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{${PAPER}}}
*{box-sizing:border-box}
body{margin:0;padding:16px;color:var(--text);background:var(--paper);
font:var(--vscode-font-size,14px)/1.5 var(--vscode-font-family,system-ui,-apple-system,"Segoe UI",sans-serif);overflow-wrap:anywhere}
main{max-width:980px;margin:0 auto}
h1{margin:0 0 8px;font-size:1.5em;line-height:1.25;font-weight:600}
h2{margin:32px 0 8px;font-size:1.2em;line-height:1.3;font-weight:600}
h3{margin:0 0 6px;font-size:1em;font-weight:600}
p{margin:0 0 8px;max-width:75ch}ul,ol{margin:0;padding:0 0 0 20px}
.quiet,.about,figcaption,dt{color:var(--quiet)}.about{display:block;font-weight:400;font-size:.9em;line-height:1.35}
.verdict{padding:12px 16px;border:1px solid var(--line);border-left:4px solid var(--quiet);border-radius:4px;background:var(--card)}
.verdict+p{margin-top:12px}.verdict.promoted{border-left-color:var(--good)}
.verdict h2{margin:8px 0 4px;font-size:1em}
dl{display:grid;grid-template-columns:minmax(110px,max-content) 1fr;gap:4px 16px;margin:0}dd{margin:0}
code{font-family:var(--vscode-editor-font-family,ui-monospace,Menlo,Consolas,monospace);font-size:.92em;color:inherit;background:none;padding:0}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:0 0 8px;color:var(--quiet)}
th,td{padding:5px 8px;text-align:right;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400}
th:first-child{text-align:left;font-weight:600}
thead th{color:var(--quiet)}
tbody th[scope=rowgroup]{padding-top:18px;text-align:left}
th,td{overflow-wrap:normal}td{white-space:nowrap}td.change{min-width:84px}
.bar{display:block;width:100%;max-width:130px;height:12px;margin:2px 0 0 auto}
.bar path{fill:none;stroke:currentColor}.bar .zero{stroke:var(--quiet)}.bar .span{stroke-width:2}
.bar circle{fill:currentColor}.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--quiet)}
.curves{display:grid;gap:20px 24px}@media(min-width:640px){.curves{grid-template-columns:1fr 1fr}}
.curve{display:flex;flex-direction:column;margin:0;break-inside:avoid}.curve figcaption{flex:1}.curve figcaption strong{color:var(--text)}
.curve svg{display:block;width:100%;height:auto;max-width:440px;margin:4px 0}
.curve text{fill:currentColor;font-size:11px}.curve path{fill:none;stroke-linejoin:round}
.curve .grid{stroke:currentColor;stroke-opacity:.18}.curve .axis{stroke:currentColor;stroke-opacity:.6}
.curve .rounds{stroke:var(--mark);stroke-opacity:.45}.curve .trend{stroke:var(--mark);stroke-width:2.5}
.curve .dot{fill:var(--mark)}
.curve p{margin:0;font-size:.9em}
article{margin:0 0 12px;padding:10px 12px;border:1px solid var(--line);border-radius:4px;background:var(--card);break-inside:avoid}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,260px),1fr));gap:10px 20px}
.sides h4{margin:0;font-size:1em;font-weight:600;color:var(--quiet)}.sides p{margin:0}
.right{font-weight:600;white-space:nowrap}
@media(max-width:480px){body{padding:12px}th,td{padding:5px 3px}td.change{white-space:normal;min-width:70px}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 8px}}
@media(forced-colors:active){.verdict,article{border-color:CanvasText}}
`;
