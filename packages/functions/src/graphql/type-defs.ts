/** The schema of `/api/graphql/`, which is the contract that people read. Ids are REST's integers, in text. */
export const TYPE_DEFS = `
"A JSON value."
scalar JSON

type Query {
  "By id, or by platform and the platform's own id."
  problem(by: ProblemRef!): Problem
  "The catalogue, or what a search finds in it."
  problems(platform: String, search: String, first: Int = 20, after: String): ProblemConnection! @cacheControl(maxAge: 3600)
  "Executions that the caller may see, newest first; with mine the caller's own."
  executions(mine: Boolean = false, first: Int = 20, after: String): ExecutionConnection! @cacheControl(maxAge: 3600, scope: PRIVATE)
  execution(id: ID!): Execution @cacheControl(scope: PRIVATE)
  "Null when signed out."
  viewer: Viewer
  "For admins: problems that are not complete."
  drafts(first: Int = 20, after: String): ProblemConnection @cacheControl(maxAge: 3600)
  "For admins: problems that all can see."
  registered(first: Int = 20, after: String): ProblemConnection @cacheControl(maxAge: 3600)
}

input ProblemRef @oneOf {
  id: ID
  key: ProblemKey
}
input ProblemKey { platform: String!, problemId: String! }

type Problem @cacheControl(inheritMaxAge: true) {
  id: ID!
  platform: String!
  problemId: String!
  title: String!
  problemUrl: String!
  tags: [String!]!
  language: String!
  isCompleted: Boolean!
  createdAt: String!
  testCaseCount: Int
  constraints: String
  "Base64 of UTF-8, for admins."
  solutionCode: String
  testCases: [TestCase!]
  executionCount: Int
  "For admins."
  isDeleted: Boolean
}
type TestCase @cacheControl(inheritMaxAge: true) { id: ID!, input: String!, output: String! }

type Execution @cacheControl(inheritMaxAge: true) {
  id: ID!
  userEmail: String!
  userIdentifier: String!
  platform: String!
  problemNumber: String!
  problemTitle: String!
  language: String!
  passedCount: Int
  failedCount: Int
  totalCount: Int
  isCodePublic: Boolean!
  createdAt: String!
  code: String!
  hasHints: Boolean!
  "Null when the caller may not see it."
  problem: Problem
  resultSummary: JSON
  testResults: [TestResult!]
  hints: [Hint!]
}
type TestResult @cacheControl(inheritMaxAge: true) {
  testCaseId: ID
  passed: Boolean!
  status: String
  input: String
  expected: String
  output: String
  error: String
}
type Hint @cacheControl(inheritMaxAge: true) { title: String, content: String! }

type Viewer @cacheControl(maxAge: 3600, scope: PRIVATE) {
  id: ID!
  isAdmin: Boolean!
  stats: Stats
  executions(first: Int = 20, after: String): ExecutionConnection! @cacheControl(maxAge: 3600)
}
type Stats @cacheControl(inheritMaxAge: true) {
  totalExecutions: Int!
  passedExecutions: Int!
  failedExecutions: Int!
  totalProblems: Int!
  byPlatform: [NamedCount!]!
  byLanguage: [NamedCount!]!
}
type NamedCount @cacheControl(inheritMaxAge: true) { name: String!, count: Int! }

type PageInfo @cacheControl(inheritMaxAge: true) {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
}
type ProblemConnection @cacheControl(inheritMaxAge: true) { edges: [ProblemEdge!]!, pageInfo: PageInfo!, totalCount: Int! }
type ProblemEdge @cacheControl(inheritMaxAge: true) { node: Problem!, cursor: String! }
type ExecutionConnection @cacheControl(inheritMaxAge: true) { edges: [ExecutionEdge!]!, pageInfo: PageInfo!, totalCount: Int! }
type ExecutionEdge @cacheControl(inheritMaxAge: true) { node: Execution!, cursor: String! }

type Mutation {
  createProblem(input: ProblemInput!): Problem
  updateProblem(id: ID!, input: ProblemInput!): Problem
  deleteProblem(by: ProblemRef!): Deleted
  addTestCases(problem: ID!, input: [TestCaseInput!]!): Problem
  changeTestCase(problem: ID!, id: ID!, input: TestCaseInput!): Problem
  removeTestCase(problem: ID!, id: ID!): Problem
  recordExecution(input: ExecutionInput!): Execution
  updateExecution(id: ID!, input: ExecutionPatch!): Execution
}
type Deleted { id: ID! }
input ProblemInput {
  platform: String
  problemId: String
  title: String
  problemUrl: String
  tags: [String!]
  language: String
  isCompleted: Boolean
  constraints: String
  solutionCode: String
  executionCount: Int
  "In updateProblem: false restores a deleted problem."
  isDeleted: Boolean
}
input TestCaseInput { input: String!, output: String! }
input ExecutionInput {
  problemId: ID!
  language: String!
  code: String!
  resultSummary: JSON
  passedCount: Int!
  failedCount: Int!
  totalCount: Int!
  isCodePublic: Boolean
  testResults: [TestResultInput!]
}
input TestResultInput { testCaseId: ID, passed: Boolean, status: String, output: String, error: String }
input ExecutionPatch { isCodePublic: Boolean, hints: [HintInput!] }
input HintInput { title: String, content: String! }
`;
