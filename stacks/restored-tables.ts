/**
 * Stage → the table that a restore made for it (`npm run restore -- rewind` says when): the deployment adopts it. It stays
 * here, committed, as long as the table is used, so that no machine deploys without it.
 */
export const restoredTables: Record<string, string> = {};
