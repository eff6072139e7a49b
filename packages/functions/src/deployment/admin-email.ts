import * as z from "zod/mini";

/**
 * Address of an admin, in ASCII only: other letters have look-alikes and ambiguous case mappings, so that another
 * person's address could pass for the admin's.
 */
export const AdminEmail = z.email({
  error: ({ input }) =>
    `${String(input)} is not an address in ASCII: write e-mail addresses as ops@example.com, and a domain's other letters as xn--…`,
});
