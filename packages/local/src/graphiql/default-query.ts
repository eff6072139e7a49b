/** Initial text of a new tab: a query with results in the sample data, and an example of a mutation. */
export const DEFAULT_QUERY = `# Ctrl-Enter sends the operation at the cursor.
# Send this query twice: "npm run dev" logs a miss,
# then a hit.

query Problem {
  problem(by: { id: 1 }) {
    title
    testCases {
      input
      output
    }
  }
}

# A change needs an admin's token, which
#   npm run -s token -- --admin
# prints. Write into the tab Headers:
#   { "authorization": "Bearer …" }

mutation Rename {
  updateProblem(id: 1, input: { title: "Changed" }) {
    title
  }
}
`;
