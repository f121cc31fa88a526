/** One line on stderr about work that takes seconds: live on a terminal, else its beginning and its end. */

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MS = 100;

export function showProgress(title, stream = process.stderr) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  if (!stream.isTTY) {
    stream.write(`${title} …\n`);
    return { end: (how) => void stream.write(`${title}: ${how} after ${seconds()}.\n`) };
  }
  let frame = 0;
  const draw = () => stream.write(`\r${FRAMES[frame++ % FRAMES.length]} ${title} … ${seconds()}`);
  const timer = setInterval(draw, FRAME_MS);
  draw();
  return {
    end: (how) => {
      clearInterval(timer);
      stream.write(`\r\x1b[K${title}: ${how} after ${seconds()}.\n`);
    },
  };
}
