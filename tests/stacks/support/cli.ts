import { access, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import type { BundleSettings } from "@algoitny/ops/trace/build";
import { bundleFunction } from "./sst-bundle.ts";
import type { BuiltFunction, Inputs } from "./graph.ts";
import { ROOT } from "./platform.ts";

interface BuildRequest {
  functionID: string;
  handler: string;
  links: Record<string, Inputs>;
  properties: BundleSettings;
  copyFiles?: { from: string; to: string }[];
}

/** Answer of SST's CLI about the account. */
const ACCOUNT = {
  asset: "assets",
  state: "state",
  assetEcrRegistryId: "0",
  assetEcrUrl: "-",
  appsyncHttp: "-",
  appsyncRealtime: "-",
};

/**
 * The part of SST's CLI that its components call, over JSON-RPC. It builds functions into `folder`: those that
 * `bundles` selects for real, the others as empty files; and keeps a list of them.
 */
export async function startCli(
  folder: string,
  { bundles }: { bundles: (handler: string) => boolean },
) {
  const functions: BuiltFunction[] = [];

  async function build({
    functionID: id,
    handler,
    links,
    properties: settings,
    copyFiles = [],
  }: BuildRequest) {
    const out = path.join(folder, id);
    const sourcemaps = await (bundles(handler)
      ? bundleFunction(handler, settings, out)
      : standIn(handler, out));
    functions.push({ id, handler, settings, folder: out, links, copyFiles });
    return { out, handler: `bundle${path.extname(handler)}`, errors: [], sourcemaps };
  }

  /** Under `sst dev` functions are built at their first call; here none is called. */
  function addTarget({ functionID: id, handler, links, properties: settings }: BuildRequest) {
    functions.push({ id, handler, settings, folder: "", links, copyFiles: [] });
    return {};
  }

  async function answer(method: string, request: unknown): Promise<unknown> {
    if (method === "Runtime.Build") return build(request as BuildRequest);
    if (method === "Provider.Aws.Bootstrap") return ACCOUNT;
    if (method === "Provider.Aws.Appsync") return { http: "-", realtime: "-" };
    if (method === "Runtime.AddTarget") return addTarget(request as BuildRequest);
    throw new Error(`the stacks asked SST's CLI for ${method}, which this harness does not know`);
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as {
        method: string;
        params: unknown[];
      };
      const reply = await answer(body.method, body.params[0]).then(
        (result) => ({ result }),
        (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
      );
      response
        .setHeader("content-type", "application/json")
        // A kept-alive socket that is closed during the next request fails the evaluation.
        .setHeader("connection", "close")
        .end(JSON.stringify(reply));
    })();
  });
  // A busy process may need longer than Node's 5 seconds to send its first request.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || !address) throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    functions: functions as readonly BuiltFunction[],
    [Symbol.dispose]: () => void server.close(),
  };
}

async function standIn(handler: string, folder: string): Promise<string[]> {
  await access(path.join(ROOT, handler.replace(/\.\w+$/, ".ts")));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "bundle.mjs"), "");
  return [];
}
