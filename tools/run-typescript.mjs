import { runTypeScript } from './typescript.mjs';

// A child process of chaos/, bench/ or conformance/: the file becomes the program, what follows are its arguments.
const [file] = process.argv.splice(2, 1);
runTypeScript(file);
