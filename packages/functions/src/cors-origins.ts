import { z } from "zod";

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

/** `CORS_ORIGINS`: a comma-separated list of the origins whose pages may read the API's answers. */
export const CorsOrigins = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((part) => part.trim()))
  .transform((parts) => parts.filter(Boolean))
  .refine((origins) => origins.every(isOrigin), {
    error: "name the origins, as https://app.example.com: browsers refuse `*` with credentials",
  });
