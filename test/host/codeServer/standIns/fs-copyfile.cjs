/** In place of the native `@vscode/fs-copyfile`, with which VS Code's git extension copies files fast. */
'use strict';
const { copyFile, cp } = require('node:fs/promises');
module.exports = { copyFile, cp };
