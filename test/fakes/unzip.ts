/** Reads an archive as an installer does: by its central directory. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly path: string;
  readonly sizeBytes: number;
  /** Permissions as of POSIX. */
  readonly mode: number;
  bytes(): Buffer;
}

const CENTRAL_FILE = 0x02014b50;
const CENTRAL_END = 0x06054b50;

/** Of an archive below 4 GB, as `vsce` writes them. */
export function zipEntries(file: string): ZipEntry[] {
  const zip = readFileSync(file);
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== CENTRAL_END) end--;
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    if (zip.readUInt32LE(at) !== CENTRAL_FILE) throw new Error(`${file} is damaged at ${at}.`);
    const entry = entryAt(zip, at);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    return entry;
  });
}

function entryAt(zip: Buffer, at: number): ZipEntry {
  const packed = zip.readUInt32LE(at + 20);
  const local = zip.readUInt32LE(at + 42);
  const isDeflated = zip.readUInt16LE(at + 10) === 8;
  return {
    path: zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)),
    sizeBytes: zip.readUInt32LE(at + 24),
    mode: (zip.readUInt32LE(at + 38) >>> 16) & 0o777,
    bytes: () => {
      const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const data = zip.subarray(begin, begin + packed);
      return isDeflated ? inflateRawSync(data) : data;
    },
  };
}

/** Lays out the files below a folder of the archive, as they would be installed. */
export function unzipFolder(file: string, prefix: string, target: string): void {
  for (const { path, mode, bytes } of zipEntries(file)) {
    if (!path.startsWith(prefix)) continue;
    const place = join(target, path.slice(prefix.length));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes());
    chmodSync(place, mode);
  }
}
