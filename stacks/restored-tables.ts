/**
 * Stage → the restored table that its deployment adopts (`npm run restore -- rewind` prints when to add one). The line stays
 * committed as long as the table is used, so that no machine deploys without it.
 */
export const restoredTables: Record<string, string> = {};
