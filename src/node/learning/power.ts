/** Whether the machine runs on its battery: training asks first then. */
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '#node/childProcesses.ts';

/**
 * Undefined where it cannot be told. With a remote folder it is the remote machine's, where the training runs. Never
 * rejects, and takes a few seconds at most.
 */
export async function onBattery(): Promise<boolean | undefined> {
  if (process.platform === 'linux') return linuxPower(await suppliesIn('/sys/class/power_supply'));
  if (process.platform === 'darwin') return macPower(await said('/usr/bin/pmset', ['-g', 'batt']));
  if (process.platform === 'win32') return windowsPower(await said(powershell(), WINDOWS_QUERY));
  return undefined;
}

/** Files of `/sys/class/power_supply/NAME` that matter, as they stand there. */
export interface PowerSupply {
  /** `Mains`, `USB`, `Battery`, `UPS`, … */
  readonly type?: string;
  /** `Device`: it is a mouse's or a keyboard's own. */
  readonly scope?: string;
  /** `1` where it gives power. */
  readonly online?: string;
  /** Of a battery: `Discharging`, `Charging`, `Full`, `Not charging`. */
  readonly status?: string;
}

/** A machine without any supply has no battery; undefined when the system does not tell of supplies at all. */
export function linuxPower(supplies: readonly PowerSupply[] | undefined): boolean | undefined {
  const own = supplies?.filter(({ scope }) => scope !== 'Device');
  if (!own) return undefined;
  const isBattery = ({ type }: PowerSupply): boolean => type === 'Battery' || type === 'UPS';
  if (own.some((supply) => !isBattery(supply) && supply.online === '1')) return false;
  return own.some((supply) => isBattery(supply) && supply.status === 'Discharging');
}

/** `Now drawing from 'Battery Power'` is the first line that `pmset -g batt` prints, in every language. */
export function macPower(text: string | undefined): boolean | undefined {
  const source = /^Now drawing from '([^']+)'/m.exec(text ?? '')?.[1];
  if (source === undefined) return undefined;
  return source !== 'AC Power';
}

/**
 * `Win32_Battery.BatteryStatus` of each battery, a line each: 1 discharging, 4 low, 5 critical; 2, 3 and 6 to 9 have
 * to do with a charger, 11 is partly charged. Nothing is printed where there is no battery.
 */
export function windowsPower(text: string | undefined): boolean | undefined {
  const states = text?.split(/\s+/).filter(Boolean);
  if (!states || states.some((state) => !/^([1-9]|11)$/.test(state))) return undefined;
  return states.some((state) => state === '1' || state === '4' || state === '5');
}

async function suppliesIn(directory: string): Promise<PowerSupply[] | undefined> {
  try {
    return await Promise.all((await readdir(directory)).map((name) => supplyIn(join(directory, name))));
  } catch {
    return undefined;
  }
}

async function supplyIn(directory: string): Promise<PowerSupply> {
  const fields = ['type', 'scope', 'online', 'status'] as const;
  const read = async (field: string): Promise<readonly [string, string][]> => {
    try {
      return [[field, (await readFile(join(directory, field), 'utf8')).trim()]];
    } catch {
      return [];
    }
  };
  return Object.fromEntries((await Promise.all(fields.map(read))).flat());
}

/** It starts slowly, but nothing else on every Windows tells it: `wmic` is gone from the newest. */
const powershell = (): string =>
  join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
const WINDOWS_QUERY = [
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  '(Get-CimInstance -ClassName Win32_Battery -ErrorAction Stop).BatteryStatus',
];

const TIMEOUT_MS = 5_000;

/** What a program prints; undefined when it fails. */
async function said(file: string, args: readonly string[]): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const { outcome, code } = await runProgram(file, args, {
    cwd: tmpdir(),
    timeoutMs: TIMEOUT_MS,
    maxBytes: 100_000,
    onStdout: (chunk) => void chunks.push(chunk),
  });
  return outcome === 'ended' && code === 0 ? Buffer.concat(chunks).toString() : undefined;
}
