// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked at field by field
type Json = any;

type Ask = (status: number, route: string, body?: unknown, token?: string) => Promise<Json>;

/** A document's data; throws with its errors. */
async function run(ask: Ask, query: string, token?: string): Promise<Json> {
  const { data, errors } = await ask(200, "POST /graphql/", { query }, token);
  if (errors !== undefined) throw new Error(`${query} answered ${JSON.stringify(errors)}`);
  return data;
}

/** Writes by documents, which together use all rights that writes by REST use. Returns the problem's id. */
export async function writeByGraphQL(ask: Ask, user: string): Promise<string> {
  const { createProblem: problem } = await run(
    ask,
    `mutation { createProblem(input: { platform: "codeforces", problemId: "7Z", title: "Shortest path", isCompleted: true }) { id } }`,
  );
  const { addTestCases } = await run(
    ask,
    `mutation { addTestCases(problem: "${problem.id}", input: [{ input: "1", output: "2" }]) { testCases { id } } }`,
  );
  const [{ id }] = addTestCases.testCases;
  await run(
    ask,
    `mutation { changeTestCase(problem: "${problem.id}", id: "${id}", input: { input: "1", output: "3" }) { id } }`,
  );
  await run(ask, `mutation { removeTestCase(problem: "${problem.id}", id: "${id}") { id } }`);
  const execution = `problemId: "${problem.id}", language: "cpp", code: "x", passedCount: 1, failedCount: 0, totalCount: 1, isCodePublic: true`;
  await run(ask, `mutation { recordExecution(input: { ${execution} }) { id } }`, user);
  return problem.id as string;
}

/** Reads a problem's views, which are hits the second time; other fields make another document. */
export async function readByGraphQL(
  ask: Ask,
  user: string,
  problem: string,
  fields: string,
): Promise<void> {
  await run(ask, `{ problem(by: { id: "${problem}" }) { ${fields} testCases { id } } }`, user);
}
