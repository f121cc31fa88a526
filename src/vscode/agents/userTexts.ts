/** What the user asked in the messages of a chat, the latest last: the last one, and some before it. */

/** UTF-16 units of each. */
const MAX_TEXT = 10_000;
const MAX_TEXTS = 4;

export const userTexts = (messages: readonly string[]): string[] =>
  messages
    .map((message) => askedIn(message).slice(0, MAX_TEXT).trim())
    .filter(Boolean)
    .slice(-MAX_TEXTS);

/** Chats wrap what the user typed in an element of this name, with what they add around it. */
function askedIn(message: string): string {
  const begin = message.lastIndexOf('<userRequest>');
  const end = message.indexOf('</userRequest>', begin);
  return begin < 0 || end < 0 ? message : message.slice(begin + '<userRequest>'.length, end);
}
