/**
 * E-mail addresses of the sample's admin and of one of its users. `npm run token` issues tokens for them by default.
 */
export const SAMPLE_ADMIN = "admin@example.com";
export const SAMPLE_USER = "user@example.com";
