/** Whether nothing that is sent to this origin leaves the machine that the extension runs on. */
export function isOnThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin);
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
