import { fileOf, type Graph, ofType, type Resource } from "./graph.ts";

export interface LiveRoute {
  key: string;
  /** Handler's file under packages/functions/src. */
  file: string;
  functionArn: string;
  authorization: string;
}

/** Every route as API Gateway would follow it: route → integration → function → handler. */
export function deployed(graph: Graph): LiveRoute[] {
  const integrations = new Map(
    ofType(graph, "aws:apigatewayv2/integration:Integration").map((integration) => [
      `integrations/${integration.name}_id`,
      String(integration.inputs["integrationUri"]),
    ]),
  );
  return ofType(graph, "aws:apigatewayv2/route:Route").map(({ inputs }) => {
    const functionArn = integrations.get(String(inputs["target"])) ?? "no integration";
    return {
      key: String(inputs["routeKey"]),
      file: fileOfFunction(graph, functionArn),
      functionArn,
      authorization: String(inputs["authorizationType"]),
    };
  });
}

/** The file under packages/functions/src that a deployed function runs. */
export function fileOfFunction(graph: Graph, functionArn: string): string {
  const { name } = functionOf(graph, functionArn);
  const built = graph.functions.find(({ id }) => `${id}Function` === name);
  if (!built) throw new Error(`${name} was not built`);
  return fileOf(built.handler);
}

export function functionOf(graph: Graph, functionArn: string): Resource {
  const name = functionArn.split(":").at(-1);
  const found = ofType(graph, "aws:lambda/function:Function").find(
    ({ inputs }) => inputs["name"] === name,
  );
  if (!found) throw new Error(`there is no function ${functionArn}`);
  return found;
}
