/** Lint rules of our own, for what the ready-made ones cannot say. */

const MESSAGE =
  'No shell is ever involved in running a program: use spawn or execFile with a list of arguments, from a static import.';

/** The option `shell`, and ways to `node:child_process` that hide which of its functions is used. */
const noShell = {
  create: (context) => {
    const report = (node) => context.report({ node, message: MESSAGE });
    return {
      Property(node) {
        const isOption = node.value.value === true || /^(spawn|execFile|fork)/.test(calledWith(node.parent));
        if (keyOf(node) === 'shell' && node.value.value !== false && isOption) report(node);
      },
      ImportExpression(node) {
        if (isChildProcess(node.source)) report(node);
      },
      CallExpression(node) {
        if (/^(require|getBuiltinModule)$/.test(nameOf(node.callee)) && isChildProcess(node.arguments[0])) report(node);
      },
    };
  },
};

const keyOf = ({ key, computed }) => (key.type === 'Literal' ? key.value : !computed && key.name);

/** Name of the function that an object literal is an argument of. */
const calledWith = ({ parent }) => (parent?.type === 'CallExpression' ? nameOf(parent.callee) : '');

const nameOf = (callee) => callee.name ?? callee.property?.name ?? '';

const isChildProcess = (node) => /^(node:)?child_process$/.test(node?.value);

export default { meta: { name: 'spoor' }, rules: { 'no-shell': noShell } };
