/** The types of setUp.mjs, which runs before there is a compiler. */
export function setUp(): Promise<void>;
/** Full path of npm's own script. Throws an Error that says what to do where there is none. */
export function npmProgram(): string;
