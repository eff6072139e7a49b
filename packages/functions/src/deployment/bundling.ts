/**
 * `nodejs` of every function, as SST takes it. Splitting keeps the AWS SDK in separate chunks, which a hit never loads.
 * Source maps stay out of the deployment: each would be a resource, and every change would replace them all.
 * `npm run trace` makes them again from the same commit.
 */
export const bundling = {
  format: "esm",
  minify: true,
  splitting: true,
  // SST's own `sourcemap: false` would put the maps into the functions' archives.
  esbuild: { sourcemap: false },
} as const;
