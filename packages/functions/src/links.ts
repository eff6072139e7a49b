import { Resource } from "sst/resource";
import * as z from "zod/mini";
import { AdminEmail } from "./deployment/admin-email.ts";
import type { QueueName } from "./deployment/queues.ts";

const Text = z.string().check(z.minLength(1));

/** Reads a link on first use: a function is linked only to what it uses (`deployment/access.ts`). */
function link<Schema extends z.ZodMiniType>(name: string, schema: Schema): () => z.infer<Schema> {
  let value: z.infer<Schema> | undefined;
  return () => (value ??= schema.parse(Reflect.get(Resource, name)));
}

/**
 * Linked resources of a function. Deployed, SST gives the values; elsewhere they are read from `SST_RESOURCE_<Name>`
 * (JSON), `SST_RESOURCE_App` included.
 */
export const links = {
  table: link("Table", z.object({ name: Text })),
  redis: link("Redis", z.object({ url: z.url(), token: Text })),
  auth: link(
    "Auth",
    z.object({
      issuer: Text,
      audience: Text,
      jwksUri: z.url(),
      /** Addresses whose verified owners are admins. */
      adminEmails: z.array(AdminEmail),
      /**
       * Claim that makes an admin (`true`, or a list that contains `admin`) or a viewer (a list that contains
       * `viewer`).
       */
      adminClaim: Text,
      /** Public client of the issuer, for operators; without it they paste tokens. */
      signIn: z.optional(
        z.object({
          clientId: Text,
          discoveryUri: z.url(),
          /** Kind of token that the API accepts. */
          token: z.enum(["id_token", "access_token"]),
        }),
      ),
    }),
  ),
};

export type AuthLink = ReturnType<(typeof links)["auth"]>;

/** Client of the issuer by which operators sign in. */
export type SignInLink = NonNullable<AuthLink["signIn"]>;

/** Secret that the edge sends with each request; undefined without an edge. */
export function edgeSecret(): string | undefined {
  return "Edge" in Resource ? EdgeLink.parse(Reflect.get(Resource, "Edge")).secret : undefined;
}

/** The search engine; undefined if searches use the catalogue. */
export function searchLink(): z.infer<typeof SearchLink> | undefined {
  return "Search" in Resource ? SearchLink.parse(Reflect.get(Resource, "Search")) : undefined;
}

const SearchLink = z.object({ url: z.url() });

const EdgeLink = z.object({ secret: Text });

const QueueLink = z.object({ url: z.url() });

/** Address of a queue; undefined if it is not linked: a function is linked only to the queues to which it sends. */
export function queueUrl(name: QueueName): string | undefined {
  return name in Resource ? QueueLink.parse(Reflect.get(Resource, name)).url : undefined;
}
