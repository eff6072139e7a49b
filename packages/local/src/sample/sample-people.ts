/** E-mail addresses of the sample's admin and of one of its users: whose tokens `npm run token` gives by default. */
export const SAMPLE_ADMIN = "admin@example.com";
export const SAMPLE_USER = "user@example.com";
