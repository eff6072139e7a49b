import * as z from "zod";
import { AdminEmail } from "./admin-email.ts";

/** Value that leaves a variable out, even one that production requires. */
export const NONE = "none";

/** A comma-separated list. */
export const List = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== "" && part !== NONE));

/** `ADMIN_EMAILS`: the addresses whose verified owners are admins. */
export const AdminEmails = List.pipe(z.array(AdminEmail));

/** The origin of an address; API Gateway accepts only those of http and https. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

/** `CORS_ORIGINS`: the origins whose pages may read the API's answers. */
export const Origins = List.superRefine((origins, context) => {
  for (const origin of origins) {
    if (originOf(origin) !== origin)
      context.addIssue({ code: "custom", message: adviceOn(origin) });
  }
});

function adviceOn(text: string): string {
  if (text.includes("*"))
    return `\`${text}\` is refused by browsers with credentials: name each origin, as https://app.example.com`;
  return `${text} is not an origin: write ${originOf(text) ?? "it as https://app.example.com"}`;
}

/** Reads `CORS_ORIGINS`; undefined if it is not set. Throws if it is invalid. */
export function readOrigins(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | undefined {
  const { CORS_ORIGINS: given } = env;
  if (!given) return undefined;
  const { data, error } = Origins.safeParse(given);
  if (error)
    throw new Error(`CORS_ORIGINS: ${error.issues.map(({ message }) => message).join("; ")}`);
  return data;
}
