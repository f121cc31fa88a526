/** A small shop whose history gives tasks to learn from: each commit changes what its message is about. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit } from './gitRepository.ts';

const FIRST_TIME_S = 1_770_000_000;
const DAY_S = 86_400;

/** Path, name of the function, what the commit says. */
const CHANGES: readonly (readonly [path: string, name: string, message: string])[] = [
  ['src/cart/voucher.ts', 'redeemVoucher', 'Refuse vouchers whose last day is over'],
  ['src/stock/count.ts', 'countShelf', 'Count shelves again when a delivery was short'],
  ['src/cart/discount.ts', 'applyDiscount', 'Give the discount only once when a coupon is entered twice'],
  ['src/cart/total.ts', 'sumCart', 'Count gift wrapping into the total of the cart'],
  ['src/orders/cancel.ts', 'cancelOrder', 'Refuse to cancel orders that were shipped already'],
  ['src/orders/invoice.ts', 'writeInvoice', 'Print the tax number of the customer on the invoice'],
  ['src/payment/card.ts', 'chargeCard', 'Charge a credit card again when the bank does not answer'],
  ['src/payment/refund.ts', 'refundPayment', 'Refund shipping costs when the whole order is returned'],
  ['src/stock/reserve.ts', 'reserveStock', 'Reserve items in the warehouse for ten minutes'],
  ['src/stock/reorder.ts', 'reorderStock', 'Order new items from the supplier before the stock is empty'],
  ['src/mail/receipt.ts', 'mailReceipt', 'Send the receipt by mail in the language of the customer'],
  ['src/mail/reminder.ts', 'mailReminder', 'Remind customers of a forgotten cart after two days'],
  ['src/users/login.ts', 'logIn', 'Lock the account after five wrong passwords'],
  ['src/users/address.ts', 'checkAddress', 'Check that the postal code fits the country of the address'],
  ['src/search/suggest.ts', 'suggestProducts', 'Suggest products that were bought together'],
  ['src/search/rank.ts', 'rankProducts', 'Rank products that are sold out below the others'],
];

const WORDS = ['first', 'second', 'third', 'fourth'];

/** Writes files and history into an empty folder. */
export function makeLearningWorkspace(directory: string): void {
  mkdirSync(directory, { recursive: true });
  runGit(directory, ['-c', 'init.defaultBranch=main', 'init', '--quiet', '.']);
  for (const [path, name] of CHANGES) write(directory, path, fileText(name, 'This is how it began'));
  write(directory, 'README.md', '# Shop\n\nA shop for tests.\n');
  commit(directory, 'Open the shop', 0);
  for (const [i, [path, name, message]] of CHANGES.entries()) {
    write(directory, path, fileText(name, message));
    commit(directory, message, i + 1);
  }
}

/** As many functions as make one of them a place worth finding. */
function fileText(name: string, what: string): string {
  const helpers = WORDS.map(
    (word) => `function ${word}Step(value: number): number {\n  return value + ${word.length};\n}`,
  );
  const body = [
    `/** ${what}. */`,
    `export function ${name}(value: number): number {`,
    `  // ${what}.`,
    '  return firstStep(value);',
    '}',
  ];
  return `${[...helpers, body.join('\n')].join('\n\n')}\n`;
}

function write(directory: string, path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

function commit(directory: string, message: string, day: number): void {
  runGit(directory, ['add', '--all']);
  runGit(directory, ['commit', '--quiet', '-m', message], FIRST_TIME_S + day * DAY_S);
}
