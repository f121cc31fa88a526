/** In place of the native `@vscode/native-watchdog`: the tests end all processes of a server themselves. */
'use strict';
exports.start = () => {};
