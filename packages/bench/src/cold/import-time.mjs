// Prints how long a module takes to be imported, in milliseconds.
const startMs = performance.now();
await import(process.argv[2]);
process.stdout.write(`${performance.now() - startMs}\n`);
process.exit();
