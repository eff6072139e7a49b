import type { Source } from "@algoitny/core/source";
import type { ViewName } from "@algoitny/core/views";
import type { Call } from "../endpoint/endpoint.ts";
import { HttpError, unauthorized } from "../endpoint/http-error.ts";
import type { Caller } from "../endpoint/identity.ts";

/** One request as resolvers see it. Only PRIVATE fields and mutations may read the caller; `admin` is part of every key. */
export interface GraphQLContext {
  readonly admin: boolean;
  /** Verified subject; undefined when signed out. */
  readonly sub: string | undefined;
  readonly call: Call<Caller | null, ViewName>;
  /** The database for loaders, which does not know the caller. */
  readonly source: Source;
}

/** Properties that no shared response may depend on. */
export const PERSONAL = ["sub", "call"] as const;

export function contextOf(call: GraphQLContext["call"]): GraphQLContext {
  return { admin: call.caller?.admin ?? false, sub: call.caller?.sub, call, source: call.source };
}

/** The caller of a field that requires sign-in. */
export function signedIn({ call: { caller } }: GraphQLContext): Caller {
  if (caller) return caller;
  throw unauthorized("sign in: this needs a token");
}

/** The caller of a mutation that requires an admin. */
export function adminOf(context: GraphQLContext): Caller {
  const caller = signedIn(context);
  requireAdmin(context);
  return caller;
}

/** Throws a 403 unless the caller is an admin. It reads only `admin`, so that all admins can share a response. */
export function requireAdmin({ admin }: Pick<GraphQLContext, "admin">): void {
  if (!admin) throw new HttpError(403, "only admins may do this");
}
