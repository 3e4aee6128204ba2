/** Owns every table and function; nobody logs in with it. */
export const ownerRole = 'parley_owner';
/** Reads and writes the tables, under row-level security. */
export const appRole = 'parley_app';
/** Calls the `system_*` functions and touches no table. */
export const systemRole = 'parley_system';
