import { configuration } from "./configuration.ts";
import { isProduction } from "./stage.ts";

const { AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS_URI, ADMIN_EMAILS, ADMIN_CLAIM } = configuration;

/** A user pool for stages without an issuer of their own; members of its group `admin` are admins. */
function createUserPool() {
  const pool = new sst.aws.CognitoUserPool(
    "Users",
    {
      usernames: ["email"],
      transform: { userPool: { deletionProtection: isProduction ? "ACTIVE" : "INACTIVE" } },
    },
    // A deployment that names another issuer lets go of the pool: its users stay.
    { retainOnDelete: isProduction },
  );
  const client = pool.addClient("Web", {
    transform: {
      client: { explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
    },
  });
  new aws.cognito.UserGroup("UsersAdmin", { userPoolId: pool.id, name: "admin" });
  const region = aws.getRegionOutput().region;
  return {
    issuer: $interpolate`https://cognito-idp.${region}.amazonaws.com/${pool.id}`,
    audience: client.id,
    adminClaim: ADMIN_CLAIM ?? "cognito:groups",
  };
}

const chosen =
  AUTH_ISSUER && AUTH_AUDIENCE
    ? {
        issuer: $output(AUTH_ISSUER),
        audience: $output(AUTH_AUDIENCE),
        adminClaim: ADMIN_CLAIM ?? "admin",
      }
    : createUserPool();

export const { issuer, audience } = chosen;

/** Link to the token issuer, and the addresses of the admins. */
export const auth = new sst.Linkable("Auth", {
  properties: {
    ...chosen,
    jwksUri:
      AUTH_JWKS_URI ?? issuer.apply((url) => `${url.replace(/\/$/, "")}/.well-known/jwks.json`),
    adminEmails: ADMIN_EMAILS,
  },
});
