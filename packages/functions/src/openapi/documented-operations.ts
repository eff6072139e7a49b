import type { RouteKey } from "../deployment/routes.ts";
import { judgeOperations } from "./judge-operations.ts";
import type { Operation } from "./operation.ts";
import { serviceOperations } from "./service-operations.ts";

/** GraphQL is described by its own schema. */
type DocumentedRoute = Exclude<RouteKey, `${string} /api/graphql/`>;

/** Route → its part of the document. A forgotten route does not compile. */
export const operations: Readonly<Record<DocumentedRoute, Operation>> = {
  ...judgeOperations,
  ...serviceOperations,
};
