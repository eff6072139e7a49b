import { configuration } from "./configuration.ts";
import { pageUrl } from "./gateway-api.stack.ts";
import { componentName } from "./names.ts";
import { isProduction, serviceName } from "./stage.ts";

const { AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS_URI, ADMIN_EMAILS, ADMIN_CLAIM, OPS_CLIENT_ID } =
  configuration;

/**
 * Address at which `npm run ops -- login` waits for the code: Cognito accepts plain http only for localhost, and compares
 * every character.
 */
const COMMAND_LINE = "http://localhost:8765/";

/** Address of an issuer's discovery document or keys. */
const wellKnown = (file: string) =>
  issuer.apply((url) => `${url.replace(/\/$/, "")}/.well-known/${file}`);

/** Creates a user pool for a stage without another issuer; its groups `admin` and `viewer` have these roles by default. */
function createUserPool() {
  const pool = new sst.aws.CognitoUserPool(
    "Users",
    {
      usernames: ["email"],
      // Operators sign in at this domain. The account's number makes its name unique in the region.
      domain: { prefix: $interpolate`${serviceName}-${aws.getCallerIdentityOutput().accountId}` },
      transform: { userPool: { deletionProtection: isProduction ? "ACTIVE" : "INACTIVE" } },
    },
    // A deployment of production with another issuer leaves the pool in the account, with its users.
    { retainOnDelete: isProduction },
  );
  const client = pool.addClient("Web", {
    callbackUrls: [pageUrl, COMMAND_LINE],
    transform: {
      client: {
        explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", "email", "profile"],
      },
    },
  });
  for (const name of ["admin", "viewer"])
    new aws.cognito.UserGroup(`Users${componentName(name)}`, { userPoolId: pool.id, name });
  const region = aws.getRegionOutput().region;
  return {
    issuer: $interpolate`https://cognito-idp.${region}.amazonaws.com/${pool.id}`,
    audience: client.id,
    adminClaim: ADMIN_CLAIM ?? "cognito:groups",
    // Cognito's access tokens have neither an audience nor an email address.
    signIn: { clientId: client.id, token: "id_token" },
  };
}

const chosen =
  AUTH_ISSUER && AUTH_AUDIENCE
    ? {
        issuer: $output(AUTH_ISSUER),
        audience: $output(AUTH_AUDIENCE),
        adminClaim: ADMIN_CLAIM ?? "admin",
        signIn: OPS_CLIENT_ID ? { clientId: OPS_CLIENT_ID, token: "access_token" } : undefined,
      }
    : createUserPool();

export const { issuer, audience } = chosen;
const { adminClaim, signIn } = chosen;

/** Link to the token issuer, and the email addresses of the admins. */
export const auth = new sst.Linkable("Auth", {
  properties: {
    issuer,
    audience,
    adminClaim,
    jwksUri: AUTH_JWKS_URI ?? wellKnown("jwks.json"),
    adminEmails: ADMIN_EMAILS,
    ...(signIn && { signIn: { ...signIn, discoveryUri: wellKnown("openid-configuration") } }),
  },
});
