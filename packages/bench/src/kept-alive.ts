import { Agent, request } from "node:http";

/** The minimum for an HTTP request in Node: its own client over a kept-alive connection. */
export function createPost(url: string, token: string): (command: string[]) => Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return (command) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { agent, method: "POST", headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(Buffer.concat(chunks).toString()));
        response.on("error", reject);
      });
      outgoing.on("error", reject);
      outgoing.end(JSON.stringify(command));
    });
}
