/** The panel's page, as `messages.ts` describes it. It holds nothing of the workspace. */
import { randomBytes } from 'node:crypto';
import type { PanelStrings } from '#vscode/messages.ts';

export interface PanelPage {
  /** BCP 47 tag of the texts. */
  readonly language: string;
  /** Source of the files, for the content security policy. */
  readonly source: string;
  readonly style: string;
  readonly script: string;
  readonly strings: PanelStrings;
}

export function panelPage({ language, source, style, script, strings }: PanelPage): string {
  const nonce = randomBytes(18).toString('base64url');
  const policy = [
    "default-src 'none'",
    `style-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="${attribute(language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Spoor</title>
    <link rel="stylesheet" href="${attribute(style)}" />
  </head>
  <body>
    <div id="spoor"></div>
    <script type="application/json" id="strings">${JSON.stringify(strings).replaceAll('<', String.raw`\u003c`)}</script>
    <script nonce="${nonce}" src="${attribute(script)}"></script>
  </body>
</html>
`;
}

const attribute = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
