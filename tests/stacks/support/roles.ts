import { functionOf } from "./deployed-routes.ts";
import { type Graph, ofType, type Resource } from "./graph.ts";

export interface Statement {
  Effect: string;
  Action: string[];
  Resource: string[];
}

/** The role of a function. */
export function roleOf(graph: Graph, functionArn: string): Resource {
  const arn = String(functionOf(graph, functionArn).inputs["role"]);
  const found = ofType(graph, "aws:iam/role:Role").find(
    ({ inputs }) => inputs["name"] === arn.split(":").at(-1),
  );
  if (!found) throw new Error(`there is no role ${arn}`);
  return found;
}

/** All statements of a role's own policies, without managed policies. */
export function statementsOf({ inputs }: Resource): Statement[] {
  const policies = (inputs["inlinePolicies"] ?? []) as { policy: string }[];
  return policies.flatMap(
    ({ policy }) => (JSON.parse(policy) as { Statement: Statement[] }).Statement,
  );
}

/** The resources on which a role may execute an action. */
export function allowedTo(role: Resource, action: string): string[] {
  return statementsOf(role)
    .filter(({ Effect, Action }) => Effect === "Allow" && Action.includes(action))
    .flatMap(({ Resource: resources }) => resources);
}
