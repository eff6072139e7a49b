import { configuration } from "./configuration.ts";

/** Link of the edge: the secret by which functions recognize its requests. */
export const edgeLink =
  configuration.EDGE_SECRET === undefined
    ? undefined
    : new sst.Linkable("Edge", { properties: { secret: configuration.EDGE_SECRET } });
