/** A certificate that nobody has signed but its own key, for `127.0.0.1`, valid from 2020 to 2049. */
import { generateKeyPairSync, sign } from 'node:crypto';

export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(identifier('2a8648ce3d040302'));
  const name = sequence(field(0x31, sequence(identifier('550403'), field(0x0c, Buffer.from('127.0.0.1')))));
  const dates = sequence(field(0x17, Buffer.from('200101000000Z')), field(0x17, Buffer.from('491231235959Z')));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const version = field(0xa0, field(0x02, Buffer.of(2)));
  const body = sequence(version, field(0x02, Buffer.of(1)), algorithm, name, dates, name, spki);
  const signature = field(0x03, Buffer.concat([Buffer.of(0), sign('sha256', body, privateKey)]));
  const lines = sequence(body, algorithm, signature)
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n');
  const cert = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

/** DER: tag, length, content. */
function field(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => field(0x30, Buffer.concat(parts));
const identifier = (hex: string): Buffer => field(0x06, Buffer.from(hex, 'hex'));
