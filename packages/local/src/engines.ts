import { z } from "zod";

/** Choice of the engines of a local cloud; `startRedis` and `startDynamoDb` have the defaults of absent fields. */
export interface Engines {
  redis: {
    engine?: "embedded" | "server" | undefined;
    url?: string | undefined;
    /** Number of changes by which a replica for reads lags; default: no replica. */
    replicaLag?: number | undefined;
  };
  dynamodb: { engine?: "embedded" | "local" | undefined; endpoint?: string | undefined };
}

/** An empty variable counts as unset. */
const unset = (value: unknown) => (value === "" ? undefined : value);

/** The error names the variable, but does not repeat the address, because it may contain a password. */
const address = (name: string, protocols: RegExp, example: string) =>
  z.preprocess(
    unset,
    z.url({ protocol: protocols, error: `${name}: write an address like ${example}` }).optional(),
  );

const choice = <const Names extends readonly [string, ...string[]]>(name: string, names: Names) =>
  z.preprocess(
    unset,
    z
      .enum(names, {
        error: ({ input }) => `${name}=${String(input)}: write ${names.join(" or ")}`,
      })
      .optional(),
  );

const LAG = "REDIS_REPLICA_LAG: write a whole number, 0 or more";

/** The environment variables that choose engines, for the command line and for tests alike. */
const Variables = z.object({
  REDIS_ENGINE: choice("REDIS_ENGINE", ["embedded", "server"]),
  REDIS_URL: address("REDIS_URL", /^rediss?$/, "redis://127.0.0.1:6379"),
  REDIS_REPLICA_LAG: z.preprocess(unset, z.coerce.number(LAG).int(LAG).min(0, LAG).optional()),
  DYNAMODB_ENGINE: choice("DYNAMODB_ENGINE", ["embedded", "local"]),
  DYNAMODB_ENDPOINT: address("DYNAMODB_ENDPOINT", /^https?$/, "http://127.0.0.1:8000"),
});

/** Reads the engines from the environment; throws an error that names an invalid variable. */
export function enginesFromEnvironment(env: Readonly<NodeJS.ProcessEnv> = process.env): Engines {
  const parsed = Variables.safeParse(env);
  if (!parsed.success)
    throw new Error(parsed.error.issues.map(({ message }) => message).join("\n"));
  const { REDIS_ENGINE, REDIS_URL, REDIS_REPLICA_LAG, DYNAMODB_ENGINE, DYNAMODB_ENDPOINT } =
    parsed.data;
  return {
    redis: { engine: REDIS_ENGINE, url: REDIS_URL, replicaLag: REDIS_REPLICA_LAG },
    dynamodb: { engine: DYNAMODB_ENGINE, endpoint: DYNAMODB_ENDPOINT },
  };
}
