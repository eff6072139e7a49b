import { registerHooks } from "node:module";

// openapi-typescript prints its types with TypeScript's JavaScript API, which TypeScript 7 does not have.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "typescript" ? "typescript5" : specifier, context),
});
