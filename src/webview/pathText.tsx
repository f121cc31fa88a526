import type { JSX } from 'preact';
import { Shown } from './shown.tsx';

/** A workspace path in one line; where it does not fit, its folders give way before its last name does. */
export function PathText({ path }: { readonly path: string }): JSX.Element {
  const cut = path.replace(/\/$/, '').lastIndexOf('/') + 1;
  return (
    <span class="path" dir="ltr">
      {cut > 0 && (
        <span class="folders">
          <Shown>{path.slice(0, cut)}</Shown>
        </span>
      )}
      <span class="file">
        <Shown>{path.slice(cut)}</Shown>
      </span>
    </span>
  );
}
