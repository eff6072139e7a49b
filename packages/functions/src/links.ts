import { Resource } from "sst/resource";
import * as z from "zod";
import { AdminEmail } from "./deployment/list-variables.ts";
import type { QueueName } from "./deployment/queues.ts";

/** Reads a link when it is first used: a function is linked only to what it uses (`deployment/access.ts`). */
function link<Schema extends z.ZodType>(name: string, schema: Schema): () => z.infer<Schema> {
  let value: z.infer<Schema> | undefined;
  return () => (value ??= schema.parse(Reflect.get(Resource, name)));
}

/**
 * Linked resources of a function. Deployed, SST gives the values; elsewhere they are read from `SST_RESOURCE_<Name>`
 * (JSON), `SST_RESOURCE_App` included.
 */
export const links = {
  table: link("Table", z.object({ name: z.string().min(1) })),
  redis: link("Redis", z.object({ url: z.url(), token: z.string().min(1) })),
  auth: link(
    "Auth",
    z.object({
      issuer: z.string().min(1),
      audience: z.string().min(1),
      jwksUri: z.url(),
      /** Addresses whose verified owners are admins. */
      adminEmails: z.array(AdminEmail),
      /** Claim that makes an admin: `true`, or a list that has `admin` in it. */
      adminClaim: z.string().min(1),
    }),
  ),
};

export type AuthLink = ReturnType<(typeof links)["auth"]>;

const QueueLink = z.object({ url: z.url() });

/** Address of a queue; undefined where it is not linked: a function is given those alone that it sends to. */
export function queueUrl(name: QueueName): string | undefined {
  return name in Resource ? QueueLink.parse(Reflect.get(Resource, name)).url : undefined;
}
