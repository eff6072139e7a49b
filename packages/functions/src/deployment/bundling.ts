/**
 * `nodejs` of every function, in SST's format. Splitting keeps the AWS SDK in separate chunks, which a hit never loads.
 * Source maps are not deployed: each would be a resource, and every change would replace them all. `npm run trace`
 * rebuilds them from the same commit.
 */
export const bundling = {
  format: "esm",
  minify: true,
  splitting: true,
  // SST's own `sourcemap: false` would put the maps into the functions' archives.
  esbuild: { sourcemap: false },
} as const;
