/**
 * Keeps a public site from leading to this machine or its network. A name may be given another address from one request
 * to the next; once it has had a public one, private ones are refused.
 */
import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface AddressGuard {
  readonly lookup: LookupFunction;
}

type LookupAll = (
  name: string,
  options: LookupAllOptions,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export function addressGuard(lookup: LookupAll = systemLookup): AddressGuard {
  let isPublic = false;
  return {
    lookup: (name, options, done) => {
      lookup(name, { ...options, all: true }, (error, found) => {
        if (error) return done(error, []);
        isPublic ||= found.some(({ address }) => !isPrivate(address));
        const allowed = isPublic ? found.filter(({ address }) => !isPrivate(address)) : found;
        if (!allowed[0]) return done(new Error(`${name} leads into a private network`), []);
        return options.all ? done(null, allowed) : done(null, allowed[0].address, allowed[0].family);
      });
    },
  };
}

/** Whether an address is of this machine, of a private network, or of no single machine. */
export function isPrivate(address: string): boolean {
  const version = isIP(address);
  return version === 0 || PRIVATE.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

const PRIVATE = new BlockList();
for (const range of ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'])
  addRange(range);
for (const range of ['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4']) addRange(range);
for (const range of ['::/127', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8']) addRange(range);

function addRange(range: string): void {
  const [network = '', bits] = range.split('/');
  PRIVATE.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
}
