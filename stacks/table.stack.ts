import { tableDefinition, TTL_ATTRIBUTE } from "../packages/core/src/table/definition.ts";
import { restoredTables } from "./restored-tables.ts";
import { isProduction } from "./stage.ts";

const TYPES = { S: "string", N: "number", B: "binary" } as const;
const { AttributeDefinitions, KeySchema, StreamSpecification } = tableDefinition;
const [hashKey, rangeKey] = KeySchema.map(({ AttributeName }) => AttributeName);

const restored = restoredTables[$app.stage];

/** The application's table. SST adds on-demand billing and point-in-time recovery (35 days). */
export const table = new sst.aws.Dynamo("Table", {
  fields: Object.fromEntries(
    AttributeDefinitions.map(({ AttributeName, AttributeType }) => [
      AttributeName,
      TYPES[AttributeType],
    ]),
  ),
  primaryIndex: { hashKey, rangeKey },
  stream:
    StreamSpecification.StreamViewType === "NEW_AND_OLD_IMAGES"
      ? "new-and-old-images"
      : "keys-only",
  ttl: TTL_ATTRIBUTE,
  deletionProtection: isProduction,
  transform: {
    table: (args, options) => {
      // A restored table has another name than SST would give; the deployment adopts it instead of making one.
      if (restored === undefined) return;
      args.name = restored;
      options.import = restored;
    },
  },
});
