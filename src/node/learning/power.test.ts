import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { linuxPower, macPower, onBattery, windowsPower, type PowerSupply } from '#node/learning/power.ts';

describe('Linux', () => {
  const mouse: PowerSupply = { type: 'Battery', scope: 'Device', status: 'Discharging' };
  const battery = (status: string): PowerSupply => ({ type: 'Battery', status });
  const mains = (online: string): PowerSupply => ({ type: 'Mains', online });
  test.each<[string, readonly PowerSupply[] | undefined, boolean | undefined]>([
    ['a laptop on its battery', [mains('0'), battery('Discharging')], true],
    ['a laptop that charges', [mains('1'), battery('Charging')], false],
    ['a full one with its charger', [mains('1'), battery('Full')], false],
    ['one that a weak charger cannot feed alone', [mains('1'), battery('Discharging')], false],
    ['one that is charged by USB-C', [mains('0'), { type: 'USB', online: '1' }, battery('Charging')], false],
    ['USB ports without a charger', [{ type: 'USB', online: '0' }, battery('Discharging')], true],
    ['one that holds its charge at 80 %', [mains('1'), battery('Not charging')], false],
    ['two batteries, of which one rests', [mains('0'), battery('Unknown'), battery('Discharging')], true],
    ['a desktop', [], false],
    ["a desktop with a mouse's battery", [mouse], false],
    ['a desktop on its UPS', [{ type: 'UPS', status: 'Discharging' }], true],
    ['a system that does not tell', undefined, undefined],
  ])('%s', (_, supplies, expected) => expect(linuxPower(supplies)).toBe(expected));
});

describe('macOS', () => {
  test.each<[string, string | undefined, boolean | undefined]>([
    [
      'on its battery',
      "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=22151267)\t83%; discharging; 5:12 remaining present: true\n",
      true,
    ],
    [
      'with its charger',
      "Now drawing from 'AC Power'\n -InternalBattery-0 (id=4653155)\t100%; charged; 0:00 remaining present: true\n",
      false,
    ],
    ['a desktop', "Now drawing from 'AC Power'\n", false],
    ['a desktop on its UPS', "Now drawing from 'UPS Power'\n -Back-UPS (id=1)\t98%; discharging\n", true],
    ['what is not understood', 'Usage: pmset <options>\n', undefined],
    ['a program that fails', undefined, undefined],
  ])('%s', (_, text, expected) => expect(macPower(text)).toBe(expected));
});

describe('Windows', () => {
  test.each<[string, string | undefined, boolean | undefined]>([
    ['on its battery', '1\r\n', true],
    ['with its charger', '2\r\n', false],
    ['charging, and low', '8\r\n', false],
    ['almost empty', '5\r\n', true],
    ['two batteries', '1\r\n3\r\n', true],
    ['a desktop', '', false],
    ['a state that is not known', '10\r\n', undefined],
    ['an error', 'Get-CimInstance : Invalid class\r\n', undefined],
    ['a program that fails', undefined, undefined],
  ])('%s', (_, text, expected) => expect(windowsPower(text)).toBe(expected));
});

test('this machine is asked without a fault', async () => {
  const found = await onBattery();
  if (process.platform === 'linux') expect(found === undefined).toBe(!existsSync('/sys/class/power_supply'));
  else expect([true, false, undefined]).toContain(found);
});
