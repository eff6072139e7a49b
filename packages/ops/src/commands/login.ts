import type { KeptSignIn } from "../sign-in/kept-tokens.ts";
import type { Command } from "./ops-command.ts";
import { timeOf } from "./terminal-text.ts";

export const login: Command = {
  summary: "sign in to a deployed stage, with its issuer and in a browser",
  words: "[URL]",
  mostWords: 1,
  namesStage: true,
  teaches: `The browser opens the issuer's page, which sends it back to port 8765 of this machine (OPS_LOGIN_PORT) with
a code; the stage exchanges that for a token (authorization code with PKCE). The token is stored in
$XDG_STATE_HOME/algoitny/tokens.json, which only you may read. If the issuer gave a refresh token, a later command
renews the token when it has expired or is about to. Afterwards --stage NAME finds the stage. In CI pass a token in OPS_TOKEN instead.`,
  examples: ["login https://api.example.com", "login https://api.example.com --json"],
  async run(_, { api, stage: { url }, env, note, browse, now }) {
    const { keepSignIn, keptTokensFile, readSignIns } = await import("../sign-in/kept-tokens.ts");
    const { LONGEST_MINUTES, readSignInConfig, signInByCode } =
      await import("../sign-in/sign-in-by-code.ts");
    const port = env["OPS_LOGIN_PORT"];
    const open = (page: string) => {
      note(`Sign in at ${page}`);
      note(`This command waits up to ${LONGEST_MINUTES} minutes for the sign-in.`);
      browse(page);
    };
    const config = await readSignInConfig(api);
    const { stage } = config;
    requireSamePlace(readSignIns(env)[stage], { stage, url }, keptTokensFile(env));
    const signedIn = await signInByCode(
      api,
      config,
      open,
      port === undefined ? undefined : Number(port),
    );
    const { token, expires_in: seconds, refresh_token } = signedIn;
    const expiresAt = Math.floor(now() / 1_000 + seconds);
    keepSignIn(env, stage, {
      url,
      token,
      expires_at: expiresAt,
      ...(refresh_token !== undefined && { refresh_token }),
    });
    const renewed = refresh_token === undefined ? "" : "; the next command after that renews it";
    return {
      data: { stage, url, expires_at: expiresAt },
      text: `signed in to ${stage}; the token expires at ${timeOf(expiresAt)}${renewed}. Now: npm run ops -- doctor --stage ${stage}`,
    };
  },
};

/** A stage states its own name: an address must not replace another one that is known by that name. */
function requireSamePlace(
  known: KeptSignIn | undefined,
  { stage, url }: { stage: string; url: string },
  file: string,
): void {
  if (known === undefined || new URL(known.url).origin === new URL(url).origin) return;
  throw new Error(
    `${url} has the stage name ${stage}, which ${known.url} has on this machine: nothing was done. If the stage has moved, delete ${file} and sign in again`,
  );
}
